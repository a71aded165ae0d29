#include "record/step.h"
#include "record/writer_priv.h"

#include "access/grant.h"
#include "model/bind.h"

/* What somebody may write, who may not write everything (ctx->who; docs/access.md). All is looked
 * at before anything is written, so that a refusal spoils nothing. */

/* One change in question. */
struct asking {
	struct ctx *ctx;
	struct arena *arena;
	bool delivery;
	const struct who *who;
	const struct record *before; /* NULL for a new record */
	const struct record *r;
	struct grant_row row;
	struct err *e;
};

static bool
names(const struct value *v, int64_t person)
{
	if (v->kind != VALUE_ITEMS)
		return v->kind == VALUE_INT && v->number == person;
	for (size_t i = 0; i < v->count * (size_t)v->number; i++) {
		if (v->items[i].kind == VALUE_INT && v->items[i].number == person)
			return true;
	}
	return false;
}

static const struct value *
value_of(const struct record *r, const struct field *f)
{
	return &r->values[f - r->reg->fields];
}

static bool
has_limits(const struct who *who)
{
	for (size_t i = 0; i < who->role_count; i++) {
		if (who->roles[i].limit)
			return true;
	}
	return false;
}

/* The record's own number and those that it refers to, in plain fields. */
static struct grant_row
row_of(const struct who *who, const struct record *r, struct arena *a)
{
	struct grant_row row = {.organisation = r->organisation};
	int64_t *about;

	if (!has_limits(who))
		return row;
	about = arena_alloc(a, (r->reg->field_count + 1) * sizeof(*about));
	about[row.about_count++] = r->id;
	for (size_t i = 0; i < r->reg->field_count; i++) {
		if (r->reg->fields[i].type == FIELD_REF && r->values[i].kind == VALUE_INT)
			about[row.about_count++] = r->values[i].number;
	}
	row.about = about;
	return row;
}

static enum err_code
right(const struct asking *q, enum act act, const struct grant_row *row)
{
	const struct model *m = q->ctx->model;
	const struct reg *r = q->r->reg;

	return grant_error(m, r, act, grant_refusal(m, q->who, r, act, row), q->e);
}

/* ", " between them. */
static void
words_add(const struct words *words, struct buf *out)
{
	for (size_t i = 0; i < words->count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", words->words[i]);
}

static enum err_code
refuse_words(const struct asking *q, const struct transition *t, const char *what,
	     const struct words *words)
{
	CLEANUP(buf_fini) struct buf text = {.limit = sizeof(q->e->message)};

	words_add(words, &text);
	return err_set(q->e, ERR_DENIED, "state", "state '%s' is %s %s", t->to, what,
		       text.data ? text.data : "others");
}

/* "user:ann" of "user:ann/token:7". */
static struct str
login_of(struct str actor)
{
	return str_cut(&actor, '/');
}

/* Whether it is the same login, whatever it was called at the time. */
static bool
is_own(const struct asking *q, struct str writer)
{
	struct str name = login_of(writer);

	if (str_eq(name, login_of(q->ctx->actor)))
		return true;
	if (!str_is(str_cut(&name, ':'), "user"))
		return false;
	for (size_t i = 0; i < q->who->former_count; i++) {
		if (str_eq(q->who->former[i], name))
			return true;
	}
	return false;
}

/* Who wrote the version that is decided on does not decide. */
static enum err_code
other_writer(const struct asking *q, const struct transition *t)
{
	struct str name = {0};
	enum err_code rc = record_actor(q->ctx, q->before->recorded_by, q->arena, &name, q->e);

	if (!rc && name.ptr && is_own(q, name))
		rc = err_set(q->e, ERR_DENIED, "state",
			     "whoever wrote the record last does not bring it to state '%s'; that "
			     "takes somebody else",
			     t->to);
	return rc;
}

/* Whether it may be this step: a matter of roles and of people. */
static enum err_code
step_apart(const struct asking *q, const struct transition *t)
{
	int64_t person = q->who->person;

	if ((t->apart_count > 0 || t->by) && !person)
		return err_set(q->e, ERR_DENIED, "state",
			       "state '%s' is for people; this login is of nobody in the register",
			       t->to);
	if ((t->apart_count > 0 || t->not_writer) && !q->before)
		return err_set(q->e, ERR_DENIED, "state",
			       "state '%s' takes a second person, so nothing begins in it", t->to);
	for (size_t i = 0; i < t->apart_count; i++) {
		if (names(value_of(q->before, t->apart[i]), person) ||
		    names(value_of(q->r, t->apart[i]), person))
			return err_set(q->e, ERR_DENIED, "state",
				       "whoever is named in '%s' does not bring it to state '%s'; "
				       "that takes somebody else",
				       t->apart[i]->name, t->to);
	}
	return t->not_writer ? other_writer(q, t) : ERR_NONE;
}

static bool
state_changes(const struct asking *q)
{
	return !q->before || !str_eq(q->before->state, q->r->state);
}

/* A role that he holds there, and that may make the step. */
static bool
signs_as(const struct asking *q, const struct transition *t)
{
	const struct role *role = model_role(q->ctx->model, value_of(q->r, t->as)->text);
	const struct words one = {.words = (const char *[]){role ? role->name : ""}, .count = 1};

	return role && grant_holds(q->who, &one, &q->row) &&
	       (t->who.count == 0 || role_is_among(role, &t->who));
}

static enum err_code
step_allowed(const struct asking *q, const struct transition *t)
{
	if (t->who.count > 0 && !grant_holds(q->who, &t->who, &q->row))
		return refuse_words(q, t, "for", &t->who);
	for (size_t i = 0; i < q->who->role_count; i++) {
		if (words_have(&t->outside, str_of(q->who->roles[i].role->name)))
			return refuse_words(q, t, "not for", &t->outside);
	}
	if (t->by && state_changes(q) && !names(value_of(q->r, t->by), q->who->person))
		return err_set(q->e, ERR_DENIED, t->by->name,
			       "'%s' names whoever brings it to state '%s': yourself", t->by->name,
			       t->to);
	if (t->as && state_changes(q) && !signs_as(q, t))
		return err_set(q->e, ERR_DENIED, t->as->name,
			       "'%s' names the role in which you bring it to state '%s': one that "
			       "you hold and that may",
			       t->as->name, t->to);
	return step_apart(q, t);
}

/* Whether the change may be the step at all. What a source delivers has gone through states that
 * nobody saw, and what stays in its state came there by any of them. */
static bool
is_candidate(const struct asking *q, const struct transition *t)
{
	if (!str_is(q->r->state, t->to))
		return false;
	if (t->when && !words_have(&t->when_words, value_of(q->r, t->when)->text))
		return false;
	return q->delivery || !state_changes(q) || (q->before && str_is(q->before->state, t->from));
}

static enum err_code
refuse_step(const struct asking *q)
{
	CLEANUP(buf_fini) struct buf ways = {.limit = sizeof(q->e->message)};
	const struct reg *r = q->r->reg;
	struct str from = q->before ? q->before->state : (struct str){0};
	struct str to = q->r->state.ptr ? q->r->state : str_of("no state");

	if (!from.ptr)
		return err_set(q->e, ERR_INVALID, "state",
			       "a record of register '%s' begins in state '%s', not in '%.*s'",
			       r->name, r->states.words[0], STR_ARG(to));
	for (size_t i = 0; i < r->transition_count; i++) {
		if (str_is(from, r->transitions[i].from))
			buf_addf(&ways, "%s%s", ways.len ? ", " : "", r->transitions[i].to);
	}
	return err_set(q->e, ERR_INVALID, "state", "no step leads from state '%.*s' to '%.*s'%s%s",
		       STR_ARG(from), STR_ARG(to), ways.len ? "; there are steps to " : "",
		       ways.len ? ways.data : "");
}

/* Where a record may be that nobody has moved yet. */
static bool
is_beginning(const struct reg *r, struct str state)
{
	return !state.ptr || (r->states.count > 0 && str_is(state, r->states.words[0]));
}

/* *ret_step: the step that it is, NULL where none is needed. */
static enum err_code
step_find(const struct asking *q, const struct transition **ret_step)
{
	const struct reg *r = q->r->reg;
	bool begins = !q->before || !q->before->state.ptr;
	bool moves = state_changes(q) && !(begins && is_beginning(r, q->r->state));
	bool any = false;
	enum err_code rc = ERR_NONE;

	*ret_step = NULL;
	if (!moves && !reg_guards(r, q->r->state))
		return ERR_NONE;
	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		if (!is_candidate(q, t))
			continue;
		any = true;
		rc = step_allowed(q, t);
		*ret_step = t;
		if (rc != ERR_DENIED)
			return rc;
	}
	if (any)
		return rc;
	/* A delivery may say any state that is nobody's in particular. */
	return q->delivery && !reg_guards(r, q->r->state) ? ERR_NONE : refuse_step(q);
}

/* A field that says who made a step changes with that step alone. */
static enum err_code
sign_check(const struct asking *q, const struct field *f, const struct field *signed_now,
	   const char *to)
{
	const struct value none = {0};
	const struct value *old = f && q->before ? value_of(q->before, f) : &none;
	const struct value *new = f ? value_of(q->r, f) : &none;

	if (!f || f == signed_now ||
	    (old->kind == new->kind && old->number == new->number &&str_eq(old->text, new->text)))
		return ERR_NONE;
	return err_set(q->e, ERR_DENIED, f->name,
		       "'%s' is written by whoever brings the record to state '%s', and with that",
		       f->name, to);
}

static enum err_code
signs_check(const struct asking *q, const struct transition *step)
{
	const struct reg *r = q->r->reg;
	bool now = step && state_changes(q);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		rc = sign_check(q, t->by, now ? step->by : NULL, t->to);
		if (!rc)
			rc = sign_check(q, t->as, now ? step->as : NULL, t->to);
	}
	return rc;
}

static enum err_code
identity_check(const struct asking *q)
{
	const struct record *old = q->before;
	const struct record *new = q->r;

	if (old->organisation != new->organisation)
		return err_set(q->e, ERR_DENIED, "organisation",
			       "a record stays with its organisation");
	if (!str_eq(old->key, new->key) || !str_eq(old->feed, new->feed))
		return err_set(
			q->e, ERR_DENIED, "key",
			"a record keeps its key and its source; retire it and write another");
	return ERR_NONE;
}

/* *ret_step: the step that it is, NULL where it is none. */
static enum err_code
put_weigh(struct asking *q, const struct transition **ret_step)
{
	struct grant_row old;
	enum err_code rc = ERR_NONE;

	q->row = row_of(q->who, q->r, q->arena);
	if (q->before) {
		old = row_of(q->who, q->before, q->arena);
		rc = right(q, state_changes(q) ? ACT_TRANSITION : ACT_UPDATE, &old);
	}
	if (!rc && q->before)
		rc = identity_check(q);
	if (!rc)
		rc = right(q, q->before ? ACT_UPDATE : ACT_CREATE, &q->row);
	if (!rc)
		rc = step_find(q, ret_step);
	return rc ? rc : signs_check(q, *ret_step);
}

enum err_code
permit_put(struct writer *w, const struct record *before, const struct record *r)
{
	struct asking q = {.ctx = w->ctx,
			   .arena = &w->scratch,
			   .delivery = w->delivery,
			   .who = w->ctx->who,
			   .before = before,
			   .r = r,
			   .e = &w->ctx->err};
	const struct transition *step = NULL;

	return put_weigh(&q, &step);
}

enum err_code
permit_retire(struct writer *w, const struct record *last)
{
	const struct asking q = {.ctx = w->ctx,
				 .who = w->ctx->who,
				 .r = last,
				 .row = row_of(w->ctx->who, last, &w->scratch),
				 .e = &w->ctx->err};

	return right(&q, ACT_RETIRE, &q.row);
}

/* Whether he may take the step so. What is no answer to that is an error of its own. */
static enum err_code
step_try(struct ctx *ctx, const struct record *now, const struct record *then, struct step *step,
	 bool *ret_may)
{
	struct err e = {0};
	struct asking q = {.ctx = ctx,
			   .arena = ctx->arena,
			   .who = ctx->who,
			   .before = now,
			   .r = then,
			   .e = &e};
	const struct transition *found = NULL;
	enum err_code rc = put_weigh(&q, &found);

	*ret_may = !rc && found == step->transition;
	if (rc)
		step->refusal = str_dup(ctx->arena, str_of(e.message));
	if (!rc || rc == ERR_DENIED || rc == ERR_MISSING || rc == ERR_INVALID)
		return ERR_NONE;
	ctx->err = e;
	return rc;
}

static bool
role_was_tried(const struct who *who, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (who->roles[k].role == who->roles[i].role)
			return true;
	}
	return false;
}

/* In each of his roles. */
static enum err_code
step_as(struct ctx *ctx, const struct record *now, struct record *then, struct step *step)
{
	const struct who *who = ctx->who;
	struct value *as = &then->values[step->transition->as - now->reg->fields];
	const char **roles = arena_alloc(ctx->arena, (who->role_count + 1) * sizeof(*roles));
	enum err_code rc = ERR_NONE;
	bool may;

	step->roles.words = roles;
	for (size_t i = 0; !rc && i < who->role_count; i++) {
		if (role_was_tried(who, i))
			continue;
		*as = (struct value){.kind = VALUE_TEXT, .text = str_of(who->roles[i].role->name)};
		rc = step_try(ctx, now, then, step, &may);
		if (!rc && may)
			roles[step->roles.count++] = who->roles[i].role->name;
	}
	step->may = step->roles.count > 0;
	return rc;
}

static enum err_code
step_weigh(struct ctx *ctx, const struct record *now, struct step *step)
{
	const struct transition *t = step->transition;
	struct record then = record_copy(now, ctx->arena);
	enum err_code rc;

	then.state = str_of(t->to);
	if (t->by && ctx->who->person)
		then.values[t->by - now->reg->fields] =
			(struct value){.kind = VALUE_INT, .number = ctx->who->person};
	rc = t->as && ctx->who->role_count > 0 ? step_as(ctx, now, &then, step)
					       : step_try(ctx, now, &then, step, &step->may);
	if (step->may)
		step->refusal = (struct str){0};
	return rc;
}

enum err_code
record_steps(struct ctx *ctx, const struct record *r, struct steps *ret_steps)
{
	const struct reg *reg = r->reg;
	struct step *steps = arena_alloc(ctx->arena, (reg->transition_count + 1) * sizeof(*steps));
	size_t count = 0;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < reg->transition_count; i++) {
		const struct transition *t = &reg->transitions[i];

		if (!str_is(r->state, t->from) ||
		    (t->when && !words_have(&t->when_words, value_of(r, t->when)->text)))
			continue;
		steps[count] = (struct step){.transition = t, .may = !ctx->who};
		if (ctx->who)
			rc = step_weigh(ctx, r, &steps[count]);
		count++;
	}
	if (!rc)
		*ret_steps = (struct steps){steps, count};
	return rc;
}

/* Nobody else's record that was retired comes back as one's own, and no number is made up. */
static enum err_code
number_check(struct writer *w, struct reg_writer *rw, const struct record *r)
{
	int64_t counter = r->id & (((int64_t)1 << ID_CODE_SHIFT) - 1);
	bool same = false;
	enum err_code rc;
	bool row;

	if (rw->next > 0 && counter >= rw->first && counter < rw->next)
		return ERR_NONE;
	db_bind_int(rw->last_version, 1, r->id);
	rc = db_step(rw->last_version, &row, &w->ctx->err);
	if (rc)
		return rc;
	if (row)
		same = db_int(rw->last_version, COLUMN_ORGANISATION) == r->organisation &&
		       str_eq(db_text(rw->last_version, COLUMN_KEY), r->key) &&
		       str_eq(db_text(rw->last_version, COLUMN_FEED), r->feed);
	db_reset(rw->last_version);
	return same ? ERR_NONE
		    : err_set(&w->ctx->err, ERR_MISSING, "", "there is no such record now");
}

enum err_code
writer_permits(struct writer *w, const struct record *r)
{
	const struct record *before = NULL;
	struct reg_writer *rw;
	enum err_code rc;

	if (!w->ctx->who)
		return ERR_NONE;
	rc = reg_writer_get(w, r->reg, &rw);
	if (!rc)
		rc = held_get(w, rw, r->id, &before);
	if (!rc && !before)
		rc = number_check(w, rw, r);
	return rc ? rc : permit_put(w, before, r);
}
