#include "intake/import_priv.h"

#include "access/grant.h"
#include "base/limits.h"
#include "base/order.h"
#include "model/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* Three spools, of which the first is the busiest, and what one row needs. */
	ROWS_MEMORY = LIMIT_IMPORT_MEMORY_BYTES / 2,
	NUMBERS_MEMORY = LIMIT_IMPORT_MEMORY_BYTES / 16,
	SETTLED_MEMORY = LIMIT_IMPORT_MEMORY_BYTES / 4,
	ROW_BYTES_MOST = 8 * LIMIT_ROW_BYTES,
};

/* The bytes of a file pass through its hash. */
struct hashed_source {
	struct byte_source in;
	struct hasher *hasher;
};

static enum err_code
hashed_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct hashed_source *h = object;
	enum err_code rc = h->in.read(h->in.object, bytes, size, ret_len, e);

	if (!rc)
		hasher_add(h->hasher, bytes, *ret_len);
	return rc;
}

static enum err_code
file_read_rows(struct import *im, size_t number)
{
	struct import_file *file = &im->files[number];
	struct hashed_source h = {file->in->source, im->hasher};
	struct byte_source source = {hashed_read, &h};
	int64_t before = im->rows_read;
	enum err_code rc;

	hasher_begin(im->hasher);
	rc = file->in->format == DELIVERY_CSV ? csv_rows(im, number, source)
					      : json_rows(im, number, source);
	file->hash = hasher_end(im->hasher);
	if (rc || im->rows_read > before)
		return rc;
	if (!im->o->full || !file->in->reg) {
		rc = err_set(&im->ctx->err, ERR_INVALID, "",
			     "the file holds no rows; if that is right, say --full: then all "
			     "records of this source are retired");
		err_at(&im->ctx->err, file->in->name, 0, 0);
		return rc;
	}
	/* A complete delivery of nothing says that there is nothing. */
	import_state(im, file->in->reg)->delivered = true;
	return part_get(im, &(struct row){.reg = file->in->reg, .file = number, .feed = file->feed},
			im->o->organisation, &(struct part *){NULL});
}

static enum err_code
pending_each(void *object, const struct reg *target, struct str key, struct resolve_found *found)
{
	struct import *im = object;
	struct reg_state *state = import_state(im, target);
	struct db_stmt *s;
	enum err_code rc;
	bool row;

	if (!state->first_new && !state->revived)
		return ERR_NONE;
	rc = tables_statement(im, PENDING_FIND, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, target->code);
	db_bind_text(s, 2, key);
	while (!(rc = db_step(s, &row, &im->ctx->err)) && row)
		resolve_offer(found, db_int(s, 0), db_int(s, 1), db_text(s, 2));
	return rc;
}

static bool
refers_to(const struct field *fields, size_t count, const struct reg *target)
{
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];
		bool is_ref = f->type == FIELD_REF || f->type == FIELD_REFS;

		if (f->type == FIELD_LIST && refers_to(f->fields, f->field_count, target))
			return true;
		for (size_t k = 0; is_ref && k < f->target_count; k++) {
			if (f->targets[k] == target)
				return true;
		}
		if (is_ref && f->target_count == 0)
			return true;
	}
	return false;
}

/* Which registers need to be numbered before the first row is resolved; *ret_any: some. */
static void
referable_mark(struct import *im, bool *ret_any)
{
	const struct model *m = im->ctx->model;

	*ret_any = false;
	for (size_t i = 0; i < m->reg_count; i++) {
		struct reg_state *state = &im->regs[i];

		if (!state->delivered)
			continue;
		state->referable = m->regs[i] == im->organisations;
		for (size_t k = 0; k < m->reg_count; k++)
			state->referable = state->referable ||
					   (im->regs[k].delivered &&
					    refers_to(m->regs[k]->fields, m->regs[k]->field_count,
						      m->regs[i]));
		*ret_any = *ret_any || state->referable;
	}
}

static enum err_code
record_write(struct import *im, const struct staged *st, struct record *r)
{
	enum written written;
	enum err_code rc = writer_put(im->w, r, &written);

	if (rc)
		return rc;
	switch (written) {
	case WRITTEN_ADDED:
		st->part->counts.added++;
		break;
	case WRITTEN_CHANGED:
		st->part->counts.changed++;
		break;
	case WRITTEN_UNCHANGED:
		st->part->counts.unchanged++;
		break;
	}
	return ERR_NONE;
}

static enum err_code
settled_write(struct import *im)
{
	struct staged st;
	struct record r;
	bool found, dropped;
	enum err_code rc = spool_rewind(im->settled, &im->ctx->err);

	while (!rc && !(rc = settled_next(im, &st, &r, &found)) && found) {
		rc = drop_check(im, &st, &dropped);
		if (!rc && !dropped)
			rc = record_write(im, &st, &r);
	}
	return rc;
}

/* Retires what is gone, for the registers of one kind. */
static enum err_code
retire_all(struct import *im, bool referable)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < im->ctx->model->reg_count; i++) {
		if (im->regs[i].delivered && im->regs[i].referable == referable && im->o->full &&
		    im->lost == 0)
			rc = retire_missing(im, im->ctx->model->regs[i]);
	}
	return rc;
}

static enum err_code
referable_take(struct import *im)
{
	enum err_code rc = number_all(im);

	/* From now on a key may mean a record that the delivery brings. */
	resolver_forget(im->rs);
	if (!rc)
		rc = retire_all(im, true);
	if (!rc)
		rc = settle_all(im);
	if (!rc)
		rc = cascade(im);
	return rc ? rc : settled_write(im);
}

static enum err_code
others_take(struct import *im)
{
	struct staged st;
	struct record r;
	enum settled settled;
	bool found;
	enum err_code rc = spool_rewind(im->rows, &im->ctx->err);

	while (!rc && !(rc = stage_next(im, &st, &found)) && found) {
		if (import_state(im, st.row.reg)->referable)
			continue;
		arena_reset(&im->row_arena);
		rc = number_row(im, &st);
		if (!rc)
			rc = settle_row(im, &st, &r, &settled);
		if (!rc && settled == SETTLED_WRITE)
			rc = record_write(im, &st, &r);
	}
	return rc ? rc : retire_all(im, false);
}

static enum err_code
begin(struct import *im)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct ctx *ctx = im->ctx;
	enum err_code rc = writer_begin(ctx, &im->w);

	if (!rc)
		writer_takes_delivery(im->w);
	if (!rc)
		rc = resolver_new(ctx, &im->pending, &im->rs);
	if (rc)
		return rc;
	sql_from(im->organisations, "t.id", "where t.key = :key", &sql);
	return db_prepare(ctx->db, sql.data, &im->find_organisation, &ctx->err);
}

static enum err_code
write_all(struct import *im)
{
	const struct model *m = im->ctx->model;
	bool any;
	enum err_code rc = im->early ? ERR_NONE : begin(im);

	for (size_t i = 0; !rc && i < m->reg_count; i++) {
		if (im->regs[i].delivered)
			rc = number_begin(im, m->regs[i]);
	}
	referable_mark(im, &any);
	if (!rc && any)
		rc = referable_take(im);
	if (!rc)
		rc = others_take(im);
	return rc;
}

static int
by_place(const void *a, const void *b)
{
	const struct rejection *x = a;
	const struct rejection *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return int_cmp(x->line, y->line);
}

/* Those that were rejected before their records were known find their part by register and file. */
static void
rejections_sort(struct import *im)
{
	qsort(im->rejections, im->rejection_count, sizeof(*im->rejections), by_place);
	for (size_t i = 0; i < im->rejection_count; i++) {
		struct rejection *r = &im->rejections[i];

		for (struct part *p = im->parts; p && !r->part; p = p->next) {
			if (p->reg == r->reg && p->file == r->file && p->counts.rejected > 0)
				r->part = p;
		}
	}
}

static void
counts_add(struct delivery_counts *to, const struct delivery_counts *more)
{
	to->read += more->read;
	to->added += more->added;
	to->changed += more->changed;
	to->unchanged += more->unchanged;
	to->retired += more->retired;
	to->rejected += more->rejected;
}

static void
report_make(struct import *im, struct delivery_report *out)
{
	const struct model *m = im->ctx->model;
	struct arena *a = im->ctx->arena;
	struct delivery_rejection *shown =
		arena_alloc(a, (im->rejection_count + 1) * sizeof(*shown));

	*out = (struct delivery_report){
		.parts = arena_alloc(a, m->reg_count * sizeof(*out->parts)),
		.total = {.read = im->homeless, .rejected = im->homeless},
		.rejections = shown,
		.rejection_count = im->rejection_count,
		.kept_back = im->o->full && im->lost > 0,
	};
	for (size_t i = 0; i < m->reg_count; i++) {
		struct delivery_part *to = &out->parts[out->part_count];

		for (const struct part *p = im->parts; p; p = p->next) {
			if (p->reg != m->regs[i])
				continue;
			to->reg = p->reg;
			counts_add(&to->counts, &p->counts);
			counts_add(&out->total, &p->counts);
			if (!to->delivery && !im->o->dry_run)
				to->delivery = p->delivery;
		}
		out->part_count += to->reg != NULL;
	}
	for (size_t i = 0; i < im->rejection_count; i++)
		shown[i] = (struct delivery_rejection){
			.file = im->files[im->rejections[i].file].in->name,
			.line = im->rejections[i].line,
			.column = im->rejections[i].column,
			.reason = im->rejections[i].reason};
}

static enum err_code
import_run(struct import *im, struct delivery_report *ret_report)
{
	enum err_code rc = im->early ? begin(im) : ERR_NONE;

	for (size_t i = 0; !rc && i < im->file_count; i++)
		rc = file_read_rows(im, i);
	if (!rc && !im->parts && im->homeless > 0 && im->homeless == im->rows_read) {
		rejections_sort(im);
		report_make(im, ret_report);
		return ERR_NONE;
	}
	if (!rc)
		rc = write_all(im);
	if (rc)
		return rc;
	rejections_sort(im);
	rc = receipts_write(im);
	if (rc)
		return rc;
	report_make(im, ret_report);
	if (im->o->dry_run)
		return ERR_NONE;
	if (im->o->settle)
		rc = im->o->settle(im->o->object, im->w, ret_report);
	return rc ? rc : writer_commit(im->w);
}

enum err_code
import_refusal(struct import *im, const struct reg *r, int64_t organisation)
{
	struct ctx *ctx = im->ctx;
	/* Whether a role reaches the record that it is limited to shows when that is known. */
	const struct grant_row row = {.organisation = organisation, .unlimited = true};

	return grant_error(ctx->model, r, ACT_IMPORT,
			   grant_refusal(ctx->model, ctx->who, r, ACT_IMPORT, &row), &ctx->err);
}

static enum err_code
home_find(struct import *im)
{
	struct record r;
	enum err_code rc = record_load(im->ctx, im->o->organisation, im->ctx->arena, &r);

	if (!rc)
		im->home = r.key;
	return rc;
}

static enum err_code
import_open(struct import *im, const struct delivery_file *files)
{
	struct ctx *ctx = im->ctx;
	struct arena *a = ctx->arena;
	const char *feed = im->o->source ? im->o->source : "file";
	enum err_code rc;

	im->organisations = model_reg(ctx->model, str_of("organisation"));
	im->regs = arena_alloc(a, ctx->model->reg_count * sizeof(*im->regs));
	im->files = arena_alloc(a, (im->file_count + 1) * sizeof(*im->files));
	im->rejections = arena_alloc(a, LIMIT_REJECTIONS_KEPT * sizeof(*im->rejections));
	im->early = im->file_count > 0;
	for (size_t i = 0; i < im->file_count; i++) {
		im->files[i] = (struct import_file){.in = &files[i], .feed = str_of(feed)};
		im->early = im->early && files[i].at_hand;
		im->any_register = im->any_register || files[i].format != DELIVERY_CSV;
		if (files[i].reg)
			import_state(im, files[i].reg)->expected = true;
	}
	arena_init(&im->row_arena, ROW_BYTES_MOST);
	buf_init(&im->key, LIMIT_ROW_BYTES);
	buf_init(&im->last_key, LIMIT_ROW_BYTES);
	buf_init(&im->bytes, ROW_BYTES_MOST);
	im->pending = (struct resolve_pending){.each = pending_each, .object = im};
	rc = hasher_new(&im->hasher, &ctx->err);
	if (!rc)
		rc = spool_new(ROWS_MEMORY, true, &im->rows, &ctx->err);
	if (!rc)
		rc = spool_new(NUMBERS_MEMORY, false, &im->numbers, &ctx->err);
	if (!rc)
		rc = spool_new(SETTLED_MEMORY, false, &im->settled, &ctx->err);
	if (!rc)
		rc = home_find(im);
	for (size_t i = 0; !rc && i < im->file_count; i++) {
		if (files[i].reg)
			rc = import_refusal(im, files[i].reg, im->o->organisation);
	}
	return rc;
}

static void
import_close(struct import *im)
{
	tables_close(im);
	early_close(im);
	db_stmt_free(im->find_organisation);
	for (size_t i = 0; im->regs && i < im->ctx->model->reg_count; i++) {
		for (size_t k = 0; im->regs[i].columns && k < im->ctx->model->regs[i]->field_count;
		     k++)
			db_stmt_free(im->regs[i].columns[k]);
	}
	resolver_free(im->rs);
	writer_end(im->w);
	spool_free(im->rows);
	spool_free(im->numbers);
	spool_free(im->settled);
	hasher_free(im->hasher);
	arena_fini(&im->row_arena);
	buf_fini(&im->key);
	buf_fini(&im->bytes);
	buf_fini(&im->last_key);
}

enum err_code
delivery_import(struct ctx *ctx, const struct delivery_options *o,
		const struct delivery_file *files, size_t count, struct delivery_report *ret_report)
{
	struct import im = {.ctx = ctx, .o = o, .file_count = count};
	enum err_code rc;

	if (!model_reg(ctx->model, str_of("delivery")))
		return err_set(&ctx->err, ERR_INVALID, "",
			       "the content lacks the register 'delivery', which an import needs");
	rc = import_open(&im, files);
	if (!rc)
		rc = import_run(&im, ret_report);
	import_close(&im);
	return rc;
}
