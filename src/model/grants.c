#include "model/model_priv.h"

#include "base/text.h"

#include <string.h>

/* What each role may do in each register, worked out once out of the plan: its duties say what a
 * role works on, roles.yaml and the registers say where it is otherwise. */

const char *const role_powers[] = {"waive",	   "accept_evidence", "give_evidence", "assess",
				   "issue_report", "read_restricted", "provision",     NULL};

const struct role *
model_role_that_may(const struct model *m, const char *what)
{
	for (size_t i = 0; i < m->plan.role_count; i++) {
		if (words_have(&m->plan.roles[i].may, str_of(what)))
			return &m->plan.roles[i];
	}
	return NULL;
}

enum { WORDS_MOST = 1024, DUTY = 128 };

bool
role_is_among(const struct role *role, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->words[i], role->name) == 0 ||
		    words_have(&role->may, str_of(words->words[i])))
			return true;
	}
	return false;
}

bool
reg_guards(const struct reg *r, struct str state)
{
	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		if (str_is(state, t->to) && (t->who.count > 0 || t->outside.count > 0 ||
					     t->apart_count > 0 || t->not_writer || t->by || t->as))
			return true;
	}
	return false;
}

unsigned
model_grant(const struct model *m, const struct role *role, const struct reg *r)
{
	return m->grants[(size_t)(role - m->plan.roles) * m->reg_count + r->index];
}

/* Marks what each role's duties are about, or fed by. */
static void
duties_mark(const struct model *m, unsigned char *grants)
{
	for (size_t i = 0; i < m->plan.obligation_count; i++) {
		const struct obligation *o = &m->plan.obligations[i];

		for (size_t k = 0; k < o->owners.count; k++) {
			const struct role *role = model_role(m, str_of(o->owners.words[k]));
			unsigned char *of =
				role ? grants + (size_t)(role - m->plan.roles) * m->reg_count
				     : NULL;

			if (of && o->applies_to)
				of[o->applies_to->index] |= DUTY;
			for (size_t n = 0; of && n < o->feed_count; n++)
				of[o->feeds[n]->index] |= DUTY;
		}
	}
}

static bool
writes(const struct role *role, const struct reg *r, bool has_duty)
{
	if (r->kernel || words_have(&role->not_write, str_of(r->name)))
		return false;
	if (r->write.count > 0)
		return role_is_among(role, &r->write);
	return has_duty || words_have(&role->write, str_of(r->name));
}

/* Nobody writes what he may not read: what is said of a change tells what was there. */
static unsigned char
grant(const struct role *role, const struct reg *r, bool has_duty)
{
	if (r->restricted && !words_have(&role->may, str_of("read_restricted")))
		return 0;
	if (writes(role, r, has_duty))
		return r->keeps ? GRANT_READ | GRANT_WRITE
				: GRANT_READ | GRANT_WRITE | GRANT_RETIRE;
	return !role->reads_some || words_have(&role->read, str_of(r->name)) ? GRANT_READ : 0;
}

/* One word of the list under `key`. */
static const struct yaml *
word_at(const struct yaml *map, const char *key, size_t i)
{
	const struct yaml *list = yaml_get(map, key);
	const struct yaml *v = list && list->kind == YAML_LIST ? list->first : list;

	while (v && v->next && i-- > 0)
		v = v->next;
	return v;
}

static void
unknown(const struct builder *b, const struct yaml *at, const char *what, const char *near)
{
	bind_error(&b->bind, at, "%s%s%s%s", what, near ? "; did you mean '" : "", near ? near : "",
		   near ? "'?" : "");
}

static const char *
said(const struct builder *b, const char *word, const char *what)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 4096};

	buf_addf(&text, "'%s' is %s", word, what);
	return str_z(b->bind.arena, (struct str){text.data, text.len});
}

/* Roles, and what roles may where that is meant as well. Registers serve several plans, so a role
 * may be there that this plan does not have: then nobody is it. What is near one is a slip. */
static void
role_words_check(const struct builder *b, const struct yaml *map, const char *key,
		 const struct words *words, bool powers)
{
	const char *names[WORDS_MOST];
	size_t n = 0;

	for (size_t i = 0; i < b->model->plan.role_count && n < WORDS_MOST / 2; i++)
		names[n++] = b->model->plan.roles[i].name;
	for (size_t i = 0; powers && role_powers[i]; i++)
		names[n++] = role_powers[i];
	for (size_t i = 0; i < words->count; i++) {
		const struct words known = {names, n};
		const char *near = NULL;

		if (!words_have(&known, str_of(words->words[i])))
			near = text_nearest(str_of(words->words[i]), names, n);
		if (near)
			unknown(b, word_at(map, key, i),
				said(b, words->words[i],
				     powers ? "no role of the plan, nor what a role may"
					    : "no role of the plan"),
				near);
	}
}

static void
reg_words_check(const struct builder *b, const struct yaml *map, const char *key,
		const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		struct str name = str_of(words->words[i]);

		if (!model_reg(b->model, name))
			unknown(b, word_at(map, key, i), said(b, words->words[i], "no register"),
				model_nearest_reg(b->model, name));
	}
}

/* What is said to add a register must add it. */
static void
write_check(const struct builder *b, const struct role *role)
{
	for (size_t i = 0; i < role->write.count; i++) {
		const struct reg *r = model_reg(b->model, str_of(role->write.words[i]));
		const struct yaml *at = word_at(role->source, "write", i);

		if (!r)
			continue;
		if (r->kernel)
			bind_error(&b->bind, at, "register '%s' is written by Holdfast alone",
				   r->name);
		else if (words_have(&role->not_write, str_of(r->name)))
			bind_error(&b->bind, at, "'%s' stands under 'not_write' too", r->name);
		else if (r->write.count > 0 && !role_is_among(role, &r->write))
			bind_error(&b->bind, at,
				   "register '%s' says itself who writes it, and '%s' is not among "
				   "them",
				   r->name, role->name);
		else if (r->restricted && !words_have(&role->may, str_of("read_restricted")))
			bind_error(&b->bind, at,
				   "register '%s' is restricted; '%s' needs 'may: "
				   "[read_restricted]' to write it",
				   r->name, role->name);
	}
}

static void
role_check(struct builder *b, const struct role *role)
{
	const char *names[WORDS_MOST];
	size_t n = 0;

	b->bind.file = role->place.file;
	while (role_powers[n]) {
		names[n] = role_powers[n];
		n++;
	}
	for (size_t i = 0; i < role->may.count; i++) {
		const struct words known = {names, n};

		if (!words_have(&known, str_of(role->may.words[i])))
			unknown(b, word_at(role->source, "may", i),
				said(b, role->may.words[i], "nothing that a role may"),
				text_nearest(str_of(role->may.words[i]), names, n));
	}
	reg_words_check(b, role->source, "write", &role->write);
	reg_words_check(b, role->source, "not_write", &role->not_write);
	reg_words_check(b, role->source, "read", &role->read);
	write_check(b, role);
}

static void
reg_check(struct builder *b, const struct reg *r)
{
	b->bind.file = r->place.file;
	role_words_check(b, r->source, "write", &r->write, true);
	if (r->kernel && r->write.count > 0)
		bind_error(&b->bind, word_at(r->source, "write", 0),
			   "a kernel register is written by Holdfast alone");
	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		role_words_check(b, t->source, "who", &t->who, true);
		role_words_check(b, t->source, "outside", &t->outside, false);
	}
}

void
grants_plan(struct builder *b)
{
	struct model *m = b->model;
	size_t roles = m->plan.role_count;
	unsigned char *grants = arena_alloc(b->bind.arena, roles * m->reg_count + 1);

	for (size_t i = 0; i < roles; i++)
		role_check(b, &m->plan.roles[i]);
	for (size_t i = 0; i < m->reg_count; i++)
		reg_check(b, m->regs[i]);
	duties_mark(m, grants);
	for (size_t i = 0; i < roles * m->reg_count; i++)
		grants[i] = grant(&m->plan.roles[i / m->reg_count], m->regs[i % m->reg_count],
				  grants[i] & DUTY);
	m->grants = grants;
}
