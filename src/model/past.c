#include "model/past.h"

#include <string.h>

static bool
is_word(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Whether the name stands in the text as a word. Where that means something else, no harm is done.
 */
static bool
names(const struct query *q, const char *name)
{
	size_t len = strlen(name);
	const char *at = q->text ? q->composed : NULL;

	while (at && (at = strstr(at, name))) {
		if ((at == q->composed || !is_word(at[-1])) && !is_word(at[len]))
			return true;
		at += len;
	}
	return false;
}

/* An assessment looks cells up, one at a time. */
static bool
asked(const struct model *m, const struct table *t)
{
	if (strcmp(t->name, "cell") == 0)
		return true;
	for (size_t i = 0; i < m->plan.obligation_count; i++) {
		const struct obligation *o = &m->plan.obligations[i];

		if (names(&o->scope, t->name) || names(&o->check, t->name))
			return true;
	}
	return false;
}

static size_t
tables_of(const struct model *m)
{
	size_t count = 1;

	for (size_t i = 0; i < m->reg_count; i++)
		count += 1 + m->regs[i]->field_count;
	return count;
}

const struct past *
model_past(const struct model *m, const struct table *events, int64_t instant_ms, bool many,
	   struct arena *a)
{
	struct past_table *t = arena_alloc(a, tables_of(m) * sizeof(*t));
	struct past *p = arena_alloc(a, sizeof(*p));
	size_t n = 0;

	t[n++] = (struct past_table){.kind = PAST_LOG, .table = events};
	for (size_t i = 0; i < m->reg_count; i++) {
		const struct reg *r = m->regs[i];

		t[n++] = (struct past_table){
			.kind = PAST_VERSIONS, .table = r->table, .history = r->history};
		for (size_t k = 0; k < r->field_count; k++) {
			if (r->fields[k].table)
				t[n++] = (struct past_table){.kind = PAST_ITEMS,
							     .table = r->fields[k].table,
							     .history = r->fields[k].history_table,
							     .versions = r->table,
							     .versions_history = r->history};
		}
	}
	for (size_t i = 0; i < n; i++)
		t[i].asked = many && asked(m, t[i].table);
	*p = (struct past){.instant = instant_ms, .tables = t, .table_count = n, .many = many};
	return p;
}
