#include "model/model_priv.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "sys/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { COMPOSED_LIMIT = 262144, VIEWS_MAX = 300 };

/* The next identifier of a statement; texts, quoted names and comments are passed over. */
static bool
next_word(const char **at, struct str *ret_word)
{
	const char *p = *at;

	while (*p != '\0' && !isalpha((unsigned char)*p) && *p != '_') {
		if (*p == '\'' || *p == '"') {
			const char *end = strchr(p + 1, *p);

			p = end ? end + 1 : p + strlen(p);
		} else if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else if (p[0] == ':') {
			/* A parameter is no view, whatever its name. */
			for (p++; isalnum((unsigned char)*p) || *p == '_'; p++)
				continue;
		} else {
			p++;
		}
	}
	if (*p == '\0')
		return false;
	ret_word->ptr = p;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	ret_word->len = (size_t)(p - ret_word->ptr);
	*at = p;
	return true;
}

/* Whether it is cheaper to look through a view, with the indexes below it, than to copy it. An
 * engine copies what is used twice unless it is told. What gathers rows into groups is better
 * gathered once. */
static bool
looks_through(const char *sql)
{
	static const char *const others[] = {"group", "distinct", "max", "min", "count", "sum"};
	struct str word;
	bool reads = false;

	while (next_word(&sql, &word)) {
		reads = reads || str_is(word, "from");
		for (size_t i = 0; i < COUNT_OF(others); i++) {
			if (str_is(word, others[i]))
				return false;
		}
	}
	return reads;
}

static int
view_order(const void *word, const void *view)
{
	return str_cmp(*(const struct str *)word, str_of(((const struct view *)view)->name));
}

/* Their files, and so the views, are sorted by name. */
static const struct view *
view_find(const struct plan *p, struct str word)
{
	if (p->view_count == 0)
		return NULL;
	return bsearch(&word, p->views, p->view_count, sizeof(*p->views), view_order);
}

/* The next view that a statement names, or NULL. */
static const struct view *
view_next(const struct plan *p, const char **at)
{
	const struct view *v = NULL;
	struct str word;

	while (!v && next_word(at, &word))
		v = view_find(p, word);
	return v;
}

/* Which views it uses, each once. */
static void
uses_find(const struct plan *p, struct view *v, struct arena *a)
{
	const char *at = v->sql;
	const struct view *used;
	size_t cap = 0;

	while ((used = view_next(p, &at)) != NULL) {
		size_t i = 0;

		while (i < v->use_count && v->uses[i] != used)
			i++;
		if (i < v->use_count)
			continue;
		v->uses = arena_room(a, v->uses, v->use_count, &cap, sizeof(*v->uses));
		v->uses[v->use_count++] = used;
	}
}

void
views_read(struct builder *b)
{
	struct arena *a = b->bind.arena;
	const char *folder = file_join(a, b->plan_folder, "views");
	struct file_names names;
	struct view *views;
	struct err e = {0};

	if (!files_folder_exists(&b->bind, folder))
		return;
	if (files_list(&b->bind, folder, ".sql", &names, &e) || names.count > VIEWS_MAX) {
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){folder, 0, 0}, "%s",
			 e.code ? e.message : "too many views");
		return;
	}
	views = arena_alloc(a, (names.count + 1) * sizeof(*views));
	for (size_t i = 0; i < names.count; i++) {
		const char *path = file_join(a, folder, names.names[i]);
		struct str name = {names.names[i], strlen(names.names[i]) - 4};
		struct str text = {0};

		views[i] = (struct view){
			.name = str_z(a, name), .place = {path, 1, 1}
		     };
		if (files_load(&b->bind, path, &text, &e))
			diag_add(b->bind.diags, DIAG_ERROR, (struct place){path, 0, 0}, "%s",
				 e.message);
		else if (!text_is_name(name) || model_reg(b->model, name))
			diag_add(b->bind.diags, DIAG_ERROR, views[i].place,
				 "'%s' cannot name a view: it is a register or no good name",
				 views[i].name);
		builder_file(b, "plan/views", names.names[i], text);
		views[i].sql = text.ptr ? text.ptr : "";
	}
	b->model->plan.views = views;
	b->model->plan.view_count = names.count;
	/* Only now can a view find the others that it uses. */
	for (size_t i = 0; i < names.count; i++) {
		views[i].looked_through = looks_through(views[i].sql);
		uses_find(&b->model->plan, &views[i], a);
	}
	for (size_t i = 0; i < names.count; i++) {
		views[i].alone = (struct query){.text = views[i].sql, .place = views[i].place};
		(void)views_compose(b, &views[i].alone);
	}
}

struct composing {
	struct builder *b;
	const struct query *query;
	struct buf *out;
	const char *with;	     /* what the list of views begins with */
	signed char seen[VIEWS_MAX]; /* 1 being written, 2 written */
};

/* After those that it uses itself. */
static bool
view_write(struct composing *c, const struct view *v)
{
	size_t index = (size_t)(v - c->b->model->plan.views);

	if (c->seen[index] == 2)
		return true;
	if (c->seen[index] == 1) {
		/* Told once, where the view itself is composed. */
		if (c->query == &v->alone)
			diag_add(c->b->bind.diags, DIAG_ERROR, v->place, "view '%s' uses itself",
				 v->name);
		return false;
	}
	c->seen[index] = 1;
	for (size_t i = 0; i < v->use_count; i++) {
		if (!view_write(c, v->uses[i]))
			return false;
	}
	c->seen[index] = 2;
	buf_addf(c->out, "%s%s as %s(\n", c->out->len ? ",\n" : c->with, v->name,
		 v->looked_through ? "not materialized " : "");
	buf_add(c->out, v->sql, strlen(v->sql));
	buf_add(c->out, "\n)", 2);
	return true;
}

static bool
views_used_write(struct composing *c, const char *sql)
{
	const struct view *v;

	while ((v = view_next(&c->b->model->plan, &sql)) != NULL) {
		if (!view_write(c, v))
			return false;
	}
	return true;
}

/* Past white space and comments. */
static const char *
text_start(const char *p)
{
	for (;;) {
		p += strspn(p, " \t\r\n");
		if (p[0] != '-' || p[1] != '-')
			return p;
		p += strcspn(p, "\n");
	}
}

/* Past the word, or NULL when the text does not begin with it. */
static const char *
past_word(const char *p, const char *word)
{
	size_t len = strlen(word);

	p = text_start(p);
	return strncmp(p, word, len) == 0 && isspace((unsigned char)p[len]) ? p + len : NULL;
}

bool
views_compose(struct builder *b, struct query *q)
{
	CLEANUP(buf_fini) struct buf out = {.limit = COMPOSED_LIMIT};
	struct composing c = {.b = b, .query = q, .out = &out};
	const char *own = past_word(q->text, "with");
	const char *recursive = own ? past_word(own, "recursive") : NULL;

	c.with = recursive ? "with recursive " : "with ";
	for (size_t i = 0; i < b->model->plan.view_count; i++)
		c.seen[i] = q == &b->model->plan.views[i].alone;
	if (!views_used_write(&c, q->text))
		return false;
	if (out.len > 0 && own) {
		/* Joins the query's own list of named parts to ours. */
		own = recursive ? recursive : own;
		buf_addf(&out, ",\n");
		q->prefix = out.len - (size_t)(own - q->text);
		buf_add(&out, own, strlen(own));
	} else {
		if (out.len > 0)
			buf_addf(&out, "\n");
		q->prefix = out.len;
		buf_add(&out, q->text, strlen(q->text));
	}
	if (out.failed) {
		diag_add(b->bind.diags, DIAG_ERROR, q->place,
			 "with its views the text is too long");
		return false;
	}
	q->composed = str_z(b->bind.arena, (struct str){out.data, out.len});
	return true;
}

/* The place of a byte of `text`, whose first byte stands at `start`. */
static struct place
place_in(struct place start, const char *text, size_t offset, int indent)
{
	long column = 1;

	for (size_t i = 0; i < offset && text[i] != '\0'; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n') {
			start.line++;
			column = 1;
		} else if ((c & 0xc0) != 0x80) {
			column++;
		}
	}
	start.column = indent + column;
	return start;
}

struct place
query_place(const struct model *m, const struct query *q, size_t offset)
{
	if (offset >= q->prefix)
		return place_in(q->place, q->text, offset - q->prefix, q->indent);
	for (size_t i = 0; i < m->plan.view_count; i++) {
		const struct view *v = &m->plan.views[i];
		const char *at = v->sql[0] ? strstr(q->composed, v->sql) : NULL;

		if (at && offset >= (size_t)(at - q->composed) &&
		    offset < (size_t)(at - q->composed) + strlen(v->sql))
			return place_in(v->place, v->sql, offset - (size_t)(at - q->composed), 0);
	}
	return place_in(q->place, q->text, 0, q->indent);
}
