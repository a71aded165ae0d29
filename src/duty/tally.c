#include "duty/tally.h"

#include "base/order.h"

#include <stdlib.h>
#include <string.h>

struct counting {
	struct arena *arena;
	struct tallies all;
	size_t row_cap;
	size_t section_from; /* the first row of the section that is counted */
};

static size_t
party_find(const struct tallies *t, int64_t id)
{
	size_t i = 0;

	while (i < t->party_count && t->parties[i].id != id)
		i++;
	return i;
}

static int
by_number(const void *a, const void *b)
{
	const struct tally_party *x = a;
	const struct tally_party *y = b;

	return int_cmp(x->id, y->id);
}

void
tallies_name(struct arena *a, const struct posture_list *l, struct tallies *t)
{
	size_t cap = 0;

	t->party_count = 0;
	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *c = &l->cells[i];

		if (party_find(t, c->organisation) < t->party_count)
			continue;
		t->parties = arena_room(a, t->parties, t->party_count, &cap, sizeof(*t->parties));
		t->parties[t->party_count++] =
			(struct tally_party){c->organisation, c->organisation_key,
					     c->organisation_name, c->organisation_kind};
	}
	if (t->party_count > 0)
		qsort(t->parties, t->party_count, sizeof(*t->parties), by_number);
}

static int
by_party(const void *a, const void *b)
{
	const struct tally *x = a;
	const struct tally *y = b;

	return int_cmp(x->party, y->party);
}

static struct tally *
row_of(struct counting *n, const struct posture_cell *c)
{
	struct tallies *t = &n->all;
	size_t party = party_find(t, c->organisation);

	for (size_t i = n->section_from; i < t->count; i++) {
		if (t->rows[i].party == party)
			return &t->rows[i];
	}
	t->rows = arena_room(n->arena, t->rows, t->count, &n->row_cap, sizeof(*t->rows));
	t->rows[t->count] = (struct tally){.section = c->obligation->section, .party = party};
	return &t->rows[t->count++];
}

void
tally_add(struct tally *t, const struct posture_cell *c)
{
	t->cells[c->state]++;
	t->obligations++;
	t->failing += c->failing;
	t->worst = c->state > t->worst ? c->state : t->worst;
	/* Instants of one form are in the order of their bytes. */
	if (c->first_failed_at.ptr &&
	    (!t->first_failed_at.ptr || str_cmp(c->first_failed_at, t->first_failed_at) < 0))
		t->first_failed_at = c->first_failed_at;
}

static void
section_end(struct counting *n)
{
	size_t count = n->all.count - n->section_from;

	if (count > 0)
		qsort(n->all.rows + n->section_from, count, sizeof(*n->all.rows), by_party);
	n->section_from = n->all.count;
}

enum err_code
tallies_read(struct ctx *ctx, const struct posture_question *q, struct tallies *ret_tallies)
{
	struct counting n = {.arena = ctx->arena};
	struct posture_list l = {0};
	enum err_code rc = posture_cells(ctx, q, ctx->arena, &l);

	if (rc)
		return rc;
	tallies_name(ctx->arena, &l, &n.all);
	for (size_t i = 0; i < l.count; i++) {
		const char *section = l.cells[i].obligation->section;

		if (i > 0 && strcmp(section, l.cells[i - 1].obligation->section) != 0)
			section_end(&n);
		tally_add(row_of(&n, &l.cells[i]), &l.cells[i]);
	}
	section_end(&n);
	*ret_tallies = n.all;
	return ERR_NONE;
}
