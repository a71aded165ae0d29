#include "verify/verify_priv.h"

#include "model/sql.h"

#include <stdlib.h>
#include <string.h>

/* What was seen of the record in hand. */
struct chain {
	int64_t id;
	int64_t version;
	int64_t organisation;
	int64_t recorded_to;
	bool present;
	bool retired;
};

struct rows {
	struct verifier *v;
	const struct reg *reg;
	struct chain chain;
	int64_t highest; /* counter in use */
};

static bool
number_fits(const struct reg *r, int64_t id)
{
	return id >> ID_CODE_SHIFT == r->code;
}

static void
on_stray_item(void *object, const struct field *f, int64_t record)
{
	struct rows *w = object;
	struct subject s = {.what = "row", .id = record, .index = -1};

	verify_report(w->v, &s,
		      "list '%s' of register '%s' has an item that belongs to no version of this "
		      "record: it was added past the program, or the version was deleted",
		      f->name, w->reg->name);
}

/* The last version of a record is present, or says that the record was retired. */
static void
chain_end(struct rows *w)
{
	struct chain *c = &w->chain;
	struct subject s = {.what = "row",
			    .id = c->id,
			    .version = c->version,
			    .organisation = c->organisation,
			    .index = -1};

	if (c->id && !c->present && !c->retired)
		verify_report(w->v, &s,
			      "was superseded, but no later version is there: it was deleted");
}

static void
chain_step(struct rows *w, const struct scan_row *row, const struct subject *s)
{
	struct chain *c = &w->chain;
	const struct record *r = &row->record;
	bool first = r->id != c->id;
	int64_t before = first ? 0 : c->version;

	if (r->version <= before)
		verify_report(w->v, s, "stands both in the register and in its history");
	else if (r->version != before + 1)
		verify_report(w->v, s, "follows version %lld: those between were deleted",
			      (long long)before);
	else if (!first && !c->retired && c->recorded_to != r->recorded_from)
		verify_report(w->v, s,
			      "begins at another time than the version before it ended: the "
			      "history's recorded_to was altered");
	if (row->retired != 0 && row->retired != 1)
		verify_report(w->v, s, "is marked as retired with a value that is none");
	if (row->retired && row->recorded_to != r->recorded_from)
		verify_report(w->v, s,
			      "says that the record was retired, yet lasted: the history's "
			      "recorded_to was altered");
	if (!row->items_count)
		verify_report(w->v, s, "has a list whose items are not numbered 1, 2, 3 ...");
	if (!w->reg->restricted && r->salt.ptr)
		verify_report(w->v, s, "has a salt, which its register does not use");
	*c = (struct chain){.id = r->id,
			    .version = r->version,
			    .organisation = r->organisation,
			    .recorded_to = row->recorded_to,
			    .present = row->present,
			    .retired = row->retired != 0};
}

static enum err_code
claim(struct verifier *v, const struct subject *s, bool named, int64_t recorded)
{
	struct ledger_claim c = {
		.subject = s->id, .version = s->version, .index = s->index, .named = named};
	uint64_t faults = v->faults;
	enum err_code rc = ledger_audit_leaf(
		v->audit, &c, (struct str){v->entry.data, v->entry.len}, &v->ctx->err);

	/* A time that is not what was sealed says nothing about the checkpoint's. */
	if (!rc && v->faults == faults)
		verify_time(v, s->index, recorded);
	verify_progress(v);
	return rc;
}

static enum err_code
version_check(struct rows *w, const struct scan_row *row)
{
	struct verifier *v = w->v;
	const struct record *r = &row->record;
	struct subject s = {.what = "row",
			    .id = r->id,
			    .version = r->version,
			    .organisation = r->organisation,
			    .index = r->leaf};
	int64_t counter = r->id & (((int64_t)1 << ID_CODE_SHIFT) - 1);
	struct str actor;
	enum err_code rc;

	if (r->id != w->chain.id)
		chain_end(w);
	if (!number_fits(w->reg, r->id))
		verify_report(v, &s, "stands in register '%s', where its number cannot be",
			      w->reg->name);
	chain_step(w, row, &s);
	if (counter > w->highest)
		w->highest = counter;
	actor = verify_actor(v, r->recorded_by, &s);
	v->entry.len = 0;
	rc = record_entry(v->ctx, r, actor, &v->entry);
	if (rc == ERR_TOO_BIG) {
		/* Nothing that long was ever sealed; it must not end the verification. */
		v->entry.failed = false;
		v->entry.len = 0;
		rc = ERR_NONE;
	}
	return rc ? rc : claim(v, &s, row->named, r->recorded_from);
}

static enum err_code
register_check(struct verifier *v, const struct reg *r)
{
	CLEANUP(record_scan_freep) struct record_scan *scan = NULL;
	struct rows w = {.v = v, .reg = r};
	struct scan_row row;
	bool more;
	enum err_code rc = record_scan_new(v->ctx, r, on_stray_item, &w, &scan);

	while (!rc && !verify_ends(v) && !(rc = record_scan_next(scan, &row, &more)) && more)
		rc = version_check(&w, &row);
	if (rc || verify_ends(v))
		return rc;
	chain_end(&w);
	return verify_counter(v, r, w.highest);
}

static enum err_code
event_check(struct verifier *v, const struct db_stmt *row)
{
	struct event ev = {.id = db_int(row, 0),
			   .kind = db_text(row, 1),
			   .at = db_int(row, 2),
			   .detail = db_text(row, 4)};
	struct subject s = {.what = "row", .id = ev.id, .version = 1, .index = db_int(row, 5)};

	if (ev.id < 1 || ev.id >> ID_CODE_SHIFT != 0)
		verify_report(v, &s, "stands among the events, where its number cannot be");
	ev.actor = verify_actor(v, db_int(row, 3), &s);
	v->entry.len = 0;
	event_entry(&ev, &v->entry);
	v->entry.len = v->entry.failed ? 0 : v->entry.len;
	v->entry.failed = false;
	return claim(v, &s, db_int(row, 6) == ev.id && db_int(row, 7) == 1, ev.at);
}

static enum err_code
events_check(struct verifier *v)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare_scan(
		v->ctx->db,
		"select v.id, v.kind, v.at, v.actor, v.detail, v.leaf, l.subject, l.version "
		"from event v left join ledger_leaf l on l.idx = v.leaf order by v.id",
		&s, &v->ctx->err);
	bool row;

	while (!rc && !verify_ends(v) && !(rc = db_step(s, &row, &v->ctx->err)) && row)
		rc = event_check(v, s);
	return rc;
}

static int
by_code(const void *a, const void *b)
{
	const struct reg *const *left = a;
	const struct reg *const *right = b;

	return (*left)->code < (*right)->code ? -1 : (*left)->code > (*right)->code;
}

void
verify_parts(struct ctx *ctx, struct sharing *ret_sharing)
{
	const struct model *m = ctx->model;
	const struct reg **parts = arena_alloc(ctx->arena, (m->reg_count + 1) * sizeof(*parts));

	parts[0] = NULL;
	memcpy(parts + 1, m->regs, m->reg_count * sizeof(*parts));
	qsort(parts + 1, m->reg_count, sizeof(*parts), by_code);
	ret_sharing->parts = parts;
	ret_sharing->count = m->reg_count + 1;
}

enum err_code
verify_part(struct verifier *v, const struct reg *part)
{
	return part ? register_check(v, part) : events_check(v);
}
