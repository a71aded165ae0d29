/* early.c -- rows that say what is there already are counted as they come and never put aside. */
#include "intake/import_priv.h"

#include "base/large.h"

#include <stdlib.h>
#include <string.h>

enum {
	CAME_FIRST = 4096,
	CAME_MAX = 1 << 22, /* records whose counter is higher take the long way */
	LINE_MAX_KEPT = 0x7fffffff,
};

/* The row of the delivery that was the first about a record. */
struct came {
	uint32_t file;
	uint32_t line : 31; /* 0: none was */
	uint32_t taken : 1; /* it was counted and is not in the staging */
};

/* What a reference may mean while the delivery is still being read. */
enum { REFS_FREE, REFS_FIRM_ONLY, REFS_LATE };

static bool
may_come(struct import *im, const struct field *f)
{
	bool comes = im->any_register || f->target_count == 0 ||
		     import_state(im, im->organisations)->expected;

	for (size_t i = 0; i < f->target_count; i++)
		comes = comes || import_state(im, f->targets[i])->expected;
	return comes;
}

static char
refs_kind(struct import *im, const struct field *f)
{
	bool comes = false;

	if (f->type == FIELD_REF || f->type == FIELD_REFS)
		comes = may_come(im, f);
	for (size_t i = 0; f->type == FIELD_LIST && i < f->field_count; i++)
		comes = comes || (f->fields[i].type == FIELD_REF && may_come(im, &f->fields[i]));
	if (!comes)
		return REFS_FREE;
	return im->o->full ? REFS_LATE : REFS_FIRM_ONLY;
}

/* A complete delivery of organisations may retire those that rows belong to. */
void
early_begin(struct import *im, const struct reg *r)
{
	struct reg_state *state = import_state(im, r);
	bool homes_go =
		im->o->full && (im->any_register || import_state(im, im->organisations)->expected);

	state->early = im->early && !homes_go && !r->restricted && r != im->organisations &&
		       !(state->empty && state->none_retired);
	state->refs = arena_alloc(im->ctx->arena, r->field_count + 1);
	for (size_t i = 0; i < r->field_count; i++)
		state->refs[i] = refs_kind(im, &r->fields[i]);
}

static struct came *
came_at(struct reg_state *state, int64_t id)
{
	size_t counter = (size_t)(id & (((int64_t)1 << ID_CODE_SHIFT) - 1));

	return counter < state->came_count ? &state->came[counter] : NULL;
}

/* NULL when the number is too high. */
static enum err_code
came_room(struct import *im, struct reg_state *state, int64_t id, struct came **ret_came)
{
	size_t counter = (size_t)(id & (((int64_t)1 << ID_CODE_SHIFT) - 1));
	size_t count = state->came_count ? state->came_count : (size_t)CAME_FIRST;
	struct came *more;

	*ret_came = came_at(state, id);
	if (*ret_came || counter >= CAME_MAX)
		return ERR_NONE;
	while (count <= counter)
		count *= 2;
	more = large_alloc(count * sizeof(*more));
	if (!more)
		return err_set(&im->ctx->err, ERR_INTERNAL, "", "no memory to mark what came");
	if (state->came_count > 0)
		memcpy(more, state->came, state->came_count * sizeof(*more));
	free(state->came);
	memset(more + state->came_count, 0, (count - state->came_count) * sizeof(*more));
	state->came = more;
	state->came_count = count;
	*ret_came = &more[counter];
	return ERR_NONE;
}

bool
early_took(struct import *im, const struct reg *r, int64_t id, size_t *ret_file, long *ret_line)
{
	const struct came *came = came_at(import_state(im, r), id);

	if (!came || !came->taken)
		return false;
	*ret_file = came->file;
	*ret_line = (long)came->line;
	return true;
}

void
early_close(struct import *im)
{
	for (size_t i = 0; im->regs && i < im->ctx->model->reg_count; i++)
		free(im->regs[i].came);
}

/* A reference of a row, as a key. */
struct ref {
	const struct field *field;
	struct value *value;
	char kind;
};

/* *ret_sure: it means one record, and will whatever else the delivery holds. */
static enum err_code
ref_resolve(struct import *im, const struct record *r, const struct ref *ref, bool *ret_sure)
{
	struct resolve_answer answer = {0};
	enum err_code rc = resolve_now(im->rs, r, ref->field, ref->value->text, &answer);

	if (rc)
		return rc;
	*ret_sure = answer.id && (answer.firm || ref->kind == REFS_FREE);
	*ref->value = (struct value){.kind = VALUE_INT, .number = answer.id};
	return ERR_NONE;
}

static enum err_code
refs_resolve(struct import *im, const struct record *r, const char *kinds, bool *ret_sure)
{
	enum err_code rc = ERR_NONE;

	*ret_sure = true;
	for (size_t i = 0; !rc && *ret_sure && i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[i];
		struct value *v = &r->values[i];
		bool many = f->type == FIELD_REFS || f->type == FIELD_LIST;
		size_t count = many ? v->count * (size_t)v->number : 1;
		struct value *items = many ? v->items : v;

		for (size_t k = 0; !rc && *ret_sure && k < count; k++) {
			struct ref ref = {f, &items[k], kinds[i]};

			if (items[k].kind != VALUE_KEY)
				continue;
			if (f->type == FIELD_LIST)
				ref.field = &f->fields[k % f->field_count];
			*ret_sure = kinds[i] != REFS_LATE;
			if (*ret_sure)
				rc = ref_resolve(im, r, &ref, ret_sure);
		}
	}
	return rc;
}

static enum err_code
take(struct import *im, const struct row *row, int64_t organisation, struct came *came)
{
	struct part *part;
	enum err_code rc = part_get(im, row, organisation, &part);

	if (rc)
		return rc;
	came->taken = 1;
	part->counts.read++;
	part->counts.unchanged++;
	import_state(im, row->reg)->delivered = true;
	return ERR_NONE;
}

/* What is asked about a row, one after another, is begun all at once. */
static void
expect(struct import *im, const struct row *row)
{
	for (enum roll_look look = 0; look < ROLL_LOOKS; look++) {
		writer_expect_key(im->w, row->reg, row->key, look);
		for (size_t i = 0; i < row->reg->field_count; i++) {
			const struct value *v = &row->values[i];

			if (v->kind == VALUE_KEY)
				resolve_expect(im->rs, &row->reg->fields[i], v->text, look);
		}
	}
}

enum err_code
early_take(struct import *im, struct row *row, bool *ret_taken)
{
	struct reg_state *state = import_state(im, row->reg);
	struct staged st = {.row = *row};
	struct record r = {.reg = row->reg, .feed = row->feed, .values = row->values};
	struct came *came;
	bool sure = false;
	enum err_code rc;

	*ret_taken = false;
	row->looked = true;
	if (!state->early)
		return ERR_NONE;
	expect(im, row);
	if (!st.row.organisation.ptr)
		st.row.organisation = im->home;
	rc = organisation_of(im, &st.row, &st.organisation);
	if (!rc && st.organisation && import_refusal(im, row->reg, st.organisation))
		return ERR_NONE;
	if (!rc && st.organisation)
		rc = record_find(im, &st);
	if (rc || !st.exists)
		return rc;
	rc = came_room(im, state, st.id, &came);
	/* The first row about the record counts, and the long way refuses those that follow. */
	if (rc || !came || came->line)
		return rc;
	came->file = (uint32_t)row->file;
	came->line =
		row->line < LINE_MAX_KEPT ? (uint32_t)row->line & LINE_MAX_KEPT : LINE_MAX_KEPT;
	if (row->rejected || !row->content || !st.delivered || row->line >= LINE_MAX_KEPT)
		return ERR_NONE;
	r.organisation = st.organisation;
	rc = refs_resolve(im, &r, state->refs, &sure);
	if (rc || !sure || digest_of(row, r.values) != st.delivered)
		return rc;
	*ret_taken = true;
	return take(im, row, st.organisation, came);
}
