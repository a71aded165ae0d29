#include "access_matrix.h"
#include "check/posture.h"
#include "duty/tally.h"
#include "duty/work.h"
#include "engine_fixture.h"
#include "intake/extract.h"
#include "list/list.h"
#include "record/resolve.h"
#include "search/search.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* Every role, held in one of the parties, against every register, action and organisation, by each
 * way to a record; access_rights.h says what should come of it. */

static bool
reaches(const struct matrix *m, enum party_of of)
{
	bool assures = m->holder == PARTY_INTEGRATOR || m->holder == PARTY_CLIENT;

	return of == m->holder || (m->holder == PARTY_OWN && of == PARTY_SUB) ||
	       (assures && rights_sees_all(&m->rights, m->role));
}

bool
matrix_may(const struct matrix *m, const struct reg *r, enum rights_act act, enum party_of of)
{
	return reaches(m, of) && rights_allow(&m->rights, m->role, r->name, act);
}

bool
matrix_may_read(const struct matrix *m, const struct world_row *row)
{
	return matrix_may(m, row->record.reg, RIGHTS_READ, row->of) &&
	       (row->step != STEP_SECRET ||
		rights_allow(&m->rights, m->role, "personnel_case", RIGHTS_READ));
}

/* One more cell: what was done, and what should have been. */
void
matrix_tell(struct matrix *m, const char *way, const struct reg *r, bool done, bool should)
{
	m->tried++;
	m->allowed += done;
	m->refused += !done;
	if (done == should)
		return;
	m->leaks += done;
	m->wrong += !done;
	if (m->leaks + m->wrong <= 20)
		(void)fprintf(stderr, "%s of %s: %s of register '%s' is %s\n", m->role,
			      party_keys[m->holder], way, r->name, done ? "a leak" : "refused");
}

/* A refusal of what may not be read says no more than that nothing is there. */
static void
tell_error(struct matrix *m, const char *way, const struct world_row *row, enum err_code rc)
{
	const struct err *e = &m->w.ctx->err;
	bool seen = matrix_may(m, row->record.reg, RIGHTS_READ, row->of);
	bool silent = rc == ERR_MISSING && strcmp(e->message, "there is no such record now") == 0;

	matrix_tell(m, way, row->record.reg, rc && silent == seen, false);
}

/* ---- writing ---- */

/* A field that nothing hangs on. */
static const struct field *
plain_field(const struct reg *r)
{
	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->type == FIELD_TEXT || f->type == FIELD_DATE || f->type == FIELD_DATETIME)
			return f;
	}
	return NULL;
}

static struct record
copy_of(struct matrix *m, const struct record *r)
{
	struct record copy = *r;
	size_t size = r->reg->field_count * sizeof(*r->values);

	copy.values = arena_alloc(&m->scratch, size + 1);
	if (size > 0)
		memcpy(copy.values, r->values, size);
	return copy;
}

static void
write_one(struct matrix *m, struct writer *w, const struct world_row *row, struct record *r,
	  bool should)
{
	int64_t before = writer_leaves(w);
	enum written written;
	enum err_code rc = writer_put(w, r, &written);

	matrix_tell(m, row->step >= 0 ? "a step" : "a change", r->reg, !rc, should);
	CHECK((writer_leaves(w) > before) == !rc && !writer_torn(w));
	if (rc)
		tell_error(m, "the words", row, rc);
}

static void
update_try(struct matrix *m, struct writer *w, const struct world_row *row)
{
	struct record r = copy_of(m, &row->record);
	const struct field *f = plain_field(r.reg);

	CHECK(f);
	world_set_word(&r, f, f->type == FIELD_TEXT ? "changed" : "2026-04-01T00:00:00Z");
	if (f->type == FIELD_DATE)
		world_set_word(&r, f, "2026-04-01");
	write_one(m, w, row, &r, matrix_may(m, r.reg, RIGHTS_WRITE, row->of));
}

static void
step_try(struct matrix *m, struct writer *w, const struct world_row *row)
{
	const struct transition *t = &row->record.reg->transitions[row->step];
	struct record r = copy_of(m, &row->record);

	r.state = str_of(t->to);
	if (t->by)
		r.values[t->by - r.reg->fields] =
			(struct value){.kind = VALUE_INT, .number = m->w.person};
	if (t->as)
		world_set_word(&r, t->as, m->role);
	write_one(m, w, row, &r,
		  reaches(m, row->of) &&
			  rights_step(&m->rights, m->role, r.reg->name, (size_t)row->step));
}

static void
create_try(struct matrix *m, struct writer *w, const struct world_row *row)
{
	struct record r = copy_of(m, &row->record);
	bool organisation = strcmp(r.reg->name, "organisation") == 0;
	bool should = matrix_may(m, r.reg, RIGHTS_WRITE, row->of);
	enum written written;
	enum err_code rc;

	r.key = str_of("new");
	CHECK(!writer_new_id(w, r.reg, &r.id));
	/* A new organisation is nobody's yet. */
	if (organisation) {
		r.organisation = r.id;
		r.key = str_of(row->of ? "new" : "newer");
		should = should && reaches(m, PARTY_OTHER);
		if (row->of > PARTY_SUB)
			return;
	}
	rc = writer_put(w, &r, &written);
	matrix_tell(m, "a new record", r.reg, !rc, should);
	if (rc && !organisation)
		tell_error(m, "the words", row, rc);
}

static void
retire_try(struct matrix *m, struct writer *w, const struct world_row *row)
{
	int64_t before = writer_leaves(w);
	enum err_code rc = writer_retire(w, row->record.reg, row->record.id);

	matrix_tell(m, "retiring", row->record.reg, !rc,
		    matrix_may(m, row->record.reg, RIGHTS_RETIRE, row->of));
	CHECK((writer_leaves(w) > before) == !rc && !writer_torn(w));
	if (rc)
		tell_error(m, "the words", row, rc);
}

/* All of it is taken back. */
static void
writes_try(struct matrix *m)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(m->w.ctx, &w));
	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];
		struct record loaded;

		if (row->step < STEP_NONE)
			continue;
		matrix_tell(m, "loading to write", row->record.reg,
			    !writer_load(w, row->record.reg, row->record.id, &m->scratch, &loaded),
			    matrix_may(m, row->record.reg, RIGHTS_READ, row->of));
		if (row->step >= 0) {
			step_try(m, w, row);
			continue;
		}
		update_try(m, w, row);
		create_try(m, w, row);
		retire_try(m, w, row);
	}
}

/* ---- reading ---- */

static void
ids_try(struct matrix *m, struct ctx *ctx, const char *way)
{
	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];
		const struct reg *r = model_reg(ctx->model, str_of(row->record.reg->name));
		bool should = matrix_may_read(m, row);
		struct record found;
		struct versions versions;
		size_t before = m->w.noted;
		enum err_code rc;

		if (row->step >= 0)
			continue;
		rc = record_load(ctx, row->record.id, &m->scratch, &found);
		matrix_tell(m, way, r, !rc, should);
		CHECK(!rc || rc == ERR_MISSING);
		rc = record_versions(ctx, row->record.id, &m->scratch, &versions);
		matrix_tell(m, "the history", r, !rc, should);
		CHECK(rc || versions.count >= (row->record.version > 1 ? 2 : 1));
		/* Of what is restricted each reading is noted. */
		CHECK(m->w.noted - before == (should && r->restricted ? 2 : 0));
	}
}

static size_t
rows_there(const struct matrix *m, const struct reg *r)
{
	size_t count = 0;

	for (size_t i = 0; i < m->w.row_count; i++) {
		if (strcmp(m->w.rows[i].record.reg->name, r->name) == 0)
			count += matrix_may_read(m, &m->w.rows[i]);
	}
	return count;
}

static bool
is_own(const struct matrix *m, int64_t id)
{
	for (size_t i = 0; i < m->w.row_count; i++) {
		if (m->w.rows[i].record.id == id)
			return matrix_may_read(m, &m->w.rows[i]);
	}
	return false;
}

static void
list_try(struct matrix *m, struct ctx *ctx, const struct reg *r)
{
	const struct list_question q = {.reg = r, .fields = str_of("key"), .limit = 500};
	bool any = rights_allow(&m->rights, m->role, r->name, RIGHTS_READ);
	struct list_page p;
	enum err_code rc = list_read(ctx, &q, &p);

	matrix_tell(m, "the list", r, !rc, any);
	CHECK(!rc || rc == ERR_DENIED);
	for (size_t i = 0; !rc && i < p.count; i++)
		matrix_tell(m, "a row of the list", r, true, is_own(m, p.rows[i].id));
	CHECK(rc || (p.count == rows_there(m, r) && p.total == (int64_t)p.count));
	rc = list_total(ctx, &q, &p);
	matrix_tell(m, "the count", r, !rc, any);
	CHECK(rc || p.total == (int64_t)rows_there(m, r));
}

/* How many of the rows that may be read refer to the record: by that field of that register, or in
 * all, each field for itself. Some that must be there stand for what they cannot mean. */
static int64_t
referring(const struct matrix *m, const struct list_related *by, int64_t id)
{
	const struct reg *to = model_reg_of_id(m->w.ctx->model, id);
	int64_t count = 0;

	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];
		const struct reg *r = row->record.reg;

		if (by && strcmp(by->reg->name, r->name) != 0)
			continue;
		for (size_t k = 0; k < r->field_count; k++) {
			const struct value *v = &row->record.values[k];

			if (r->fields[k].type == FIELD_REF && v->kind == VALUE_INT &&
			    v->number == id && field_allows(&r->fields[k], to) &&
			    (!by || strcmp(by->field->name, r->fields[k].name) == 0))
				count += matrix_may_read(m, row);
		}
	}
	return count;
}

static void
related_row_try(struct matrix *m, struct ctx *ctx, const struct world_row *row)
{
	const struct list_related *all = NULL;
	size_t count = 0;
	int64_t told = 0;
	enum err_code rc = list_related(ctx, row->record.id, &all, &count);

	matrix_tell(m, "what refers to it", row->record.reg, !rc, matrix_may_read(m, row));
	CHECK(!rc || rc == ERR_MISSING);
	for (size_t i = 0; !rc && i < count; i++) {
		const struct list_related *r = &all[i];

		matrix_tell(m, "a count of what refers", r->reg, true,
			    rights_allow(&m->rights, m->role, r->reg->name, RIGHTS_READ));
		CHECK(r->total_is_exact && r->total > 0);
		CHECK(r->total == referring(m, r, row->record.id));
		told += r->total;
	}
	CHECK(rc || told == referring(m, NULL, row->record.id));
}

/* In the past, people will do, to whom most refers. */
static void
related_try(struct matrix *m, struct ctx *ctx, bool past)
{
	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];

		if (row->step < 0 && (!past || strcmp(row->record.reg->name, "person") == 0))
			related_row_try(m, ctx, row);
	}
}

/* By the key of a record of another organisation nothing is found, nor said. */
static void
filter_try(struct matrix *m, struct ctx *ctx)
{
	const struct reg *person = model_reg(ctx->model, str_of("person"));
	const struct reg *account = model_reg(ctx->model, str_of("account"));

	for (int of = 0; of < PARTIES; of++) {
		char term[64];
		struct list_question q = {.reg = account};
		struct list_page p;
		enum err_code rc;

		if (!rights_allow(&m->rights, m->role, "account", RIGHTS_READ))
			continue;
		(void)snprintf(term, sizeof(term), "person=%s--1", party_keys[of]);
		q.filter = str_of(term);
		rc = list_read(ctx, &q, &p);
		matrix_tell(m, "filtering by the key", person, !rc,
			    matrix_may(m, person, RIGHTS_READ, (enum party_of)of));
	}
}

static enum err_code
swallow(void *object, struct str bytes, struct err *e)
{
	(void)object;
	(void)bytes;
	(void)e;
	return ERR_NONE;
}

static void
export_try(struct matrix *m, struct ctx *ctx, const struct reg *r)
{
	const struct extract_options o = {.reg = r, .format = DELIVERY_JSON_LINES};
	bool any = rights_allow(&m->rights, m->role, r->name, RIGHTS_READ);
	size_t before = m->w.noted;
	int64_t rows = 0;
	enum err_code rc = extract_run(ctx, &o, (struct extract_sink){swallow, NULL}, &rows);

	matrix_tell(m, "the export", r, !rc, any);
	CHECK(!rc || rc == ERR_DENIED);
	CHECK(rc || rows == (int64_t)rows_there(m, r));
	CHECK(m->w.noted - before == (rc ? 0 : 1));
}

static void
references_try(struct matrix *m, struct ctx *ctx)
{
	const struct reg *finding = model_reg(ctx->model, str_of("finding"));
	const struct field *subject = reg_field(finding, str_of("subject"));
	struct record from = world_record(&m->w, finding, "from", m->holder);
	CLEANUP(resolver_freep) struct resolver *rs = NULL;

	CHECK(!resolver_new(ctx, NULL, &rs));
	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct record *r = &m->w.rows[i].record;
		char texts[2][128];

		if (m->w.rows[i].step >= 0 || m->w.rows[i].step == STEP_SECRET)
			continue;
		(void)snprintf(texts[0], sizeof(texts[0]), "%s:%.*s", r->reg->name,
			       STR_ARG(r->key));
		record_name(ctx->model, r->id, texts[1]);
		for (int k = 0; k < 2; k++) {
			int64_t id = 0;
			enum err_code rc = resolve_key(rs, &from, subject, str_of(texts[k]), &id);

			matrix_tell(m, "a reference", r->reg, !rc && id == r->id,
				    matrix_may(m, r->reg, RIGHTS_READ, m->w.rows[i].of));
			CHECK(!rc || strstr(ctx->err.message, "did you mean") == NULL);
		}
	}
}

struct seen {
	struct matrix *m;
	const struct reg *reg;
	int64_t count;
};

static void
failure_seen(void *object, const struct posture_failure *f)
{
	struct seen *s = object;

	s->count++;
	matrix_tell(s->m, "a failure", s->reg, true,
		    is_own(s->m, f->id) && is_own(s->m, f->record));
}

static void
feed_seen(void *object, const struct posture_feed *f)
{
	struct seen *s = object;

	(void)f;
	s->count++;
}

/* What is counted are the cells that are shown, and the parties those that they are of. */
static void
tallies_try(struct matrix *m, struct ctx *ctx, const struct posture_list *list)
{
	const struct posture_question q = {.all_periods = true};
	struct tallies t;
	int64_t count = 0;

	CHECK(!tallies_read(ctx, &q, &t));
	for (size_t i = 0; i < t.count; i++)
		count += t.rows[i].obligations;
	CHECK(count == (int64_t)list->count);
	for (size_t i = 0; i < t.party_count; i++) {
		bool shown = false;

		for (size_t k = 0; !shown && k < list->count; k++)
			shown = list->cells[k].organisation == t.parties[i].id;
		matrix_tell(m, "a tally", model_reg(ctx->model, str_of("cell")), true, shown);
	}
}

static void
work_try(struct matrix *m, struct ctx *ctx)
{
	const struct work_question q = {.limit = INT64_MAX};
	struct work_list l;

	CHECK(!work_read(ctx, &q, &l));
	for (size_t i = 0; i < l.count; i++) {
		const struct work *w = &l.rows[i];
		const struct reg *r = w->cell ? model_reg(ctx->model, str_of("cell")) : w->reg;

		matrix_tell(m, "a decision", r, true, is_own(m, w->cell ? w->cell->id : w->record));
	}
}

static void
posture_try(struct matrix *m, struct ctx *ctx)
{
	const struct posture_question q = {
		.all_periods = true, .fixed_too = true, .waived_too = true};
	const struct reg *cell = model_reg(ctx->model, str_of("cell"));
	const struct reg *delivery = model_reg(ctx->model, str_of("delivery"));
	struct seen failures = {.m = m, .reg = model_reg(ctx->model, str_of("failure"))};
	struct posture_list list;

	CHECK(!posture_cells(ctx, &q, &m->scratch, &list));
	for (size_t i = 0; i < list.count; i++)
		matrix_tell(m, "a cell", cell, true, is_own(m, list.cells[i].id));
	CHECK(list.count == rows_there(m, cell));
	tallies_try(m, ctx, &list);
	work_try(m, ctx);
	CHECK(!posture_failures(ctx, &q, failure_seen, &failures));
	for (int of = 0; of < PARTIES; of++) {
		struct seen feeds = {.m = m};

		CHECK(!posture_feeds(ctx, m->w.parties[of], feed_seen, &feeds));
		matrix_tell(m, "a feed", delivery, feeds.count > 0,
			    matrix_may(m, delivery, RIGHTS_READ, (enum party_of)of));
	}
}

/* All records of a party have its name in their keys: those that are found are those that may be
 * read, and no other is counted. */
static void
search_try(struct matrix *m, struct ctx *ctx, enum party_of of)
{
	bool *found = arena_alloc(&m->scratch, m->w.row_count * sizeof(*found));
	struct search_question q = {.words = str_of(party_keys[of]), .limit = 50};
	struct search_page p;
	int64_t count = 0;

	do {
		CHECK(!search_ask(ctx, m->index, &q, &p) && p.total_is_exact);
		for (size_t i = 0; i < p.count; i++) {
			int64_t id = p.hits[i].id;

			matrix_tell(m, "a search", model_reg_of_id(ctx->model, id), true,
				    is_own(m, id));
			for (size_t k = 0; k < m->w.row_count; k++)
				found[k] = found[k] || m->w.rows[k].record.id == id;
		}
		count += (int64_t)p.count;
		q.after = p.next;
	} while (p.next.ptr);
	CHECK(count == p.total);
	for (size_t k = 0; k < m->w.row_count; k++) {
		const struct world_row *row = &m->w.rows[k];

		if (row->of == of &&
		    strncmp(row->record.key.ptr, party_keys[of], strlen(party_keys[of])) == 0)
			matrix_tell(m, "a search", row->record.reg, found[k],
				    matrix_may_read(m, row));
	}
}

static void
searches_try(struct matrix *m, struct ctx *ctx)
{
	for (int of = 0; of < PARTIES; of++)
		search_try(m, ctx, (enum party_of)of);
	for (size_t i = 0; i < ctx->model->reg_count; i++) {
		const struct reg *r = ctx->model->regs[i];
		const struct search_question q = {.words = str_of("own"), .reg = str_of(r->name)};
		struct search_page p;
		enum err_code rc = search_ask(ctx, m->index, &q, &p);

		matrix_tell(m, "a search of the register", r, !rc,
			    rights_allow(&m->rights, m->role, r->name, RIGHTS_READ));
	}
}

static void
reads_try(struct matrix *m, struct workspace *ws, bool past)
{
	struct ctx *ctx = workspace_ctx(ws);
	DB_TXN txn = {0};

	CHECK(!db_begin_read(ctx->db, &txn, &ctx->err));
	ids_try(m, ctx, past ? "by number, in the past" : "by number");
	for (size_t i = 0; i < ctx->model->reg_count; i++)
		list_try(m, ctx, ctx->model->regs[i]);
	related_try(m, ctx, past);
	if (!past) {
		filter_try(m, ctx);
		references_try(m, ctx);
		posture_try(m, ctx);
		matrix_receipts_try(m, ctx);
		matrix_feeds_try(m, ctx);
		searches_try(m, ctx);
	}
	db_txn_end(&txn);
	for (size_t i = 0; !past && i < ctx->model->reg_count; i++)
		export_try(m, ctx, ctx->model->regs[i]);
}

/* ---- importing ---- */

static void
json_field(const struct world_row *row, const struct field *f, struct buf *out)
{
	const struct record *r = &row->record;
	const struct value *v = &r->values[f - r->reg->fields];

	if (f->type == FIELD_REF)
		buf_addf(out, ",\"%s\":\"%s--1\"", f->name, party_keys[row->of]);
	else if (v->kind == VALUE_TEXT)
		buf_addf(out, ",\"%s\":\"%.*s\"", f->name, STR_ARG(v->text));
	else if (v->kind == VALUE_INT && f->type == FIELD_BOOL)
		buf_addf(out, ",\"%s\":true", f->name);
	else if (v->kind == VALUE_INT)
		buf_addf(out, ",\"%s\":%lld", f->name, (long long)v->number);
}

/* A line for each register and organisation, in the order of the first rows. */
static void
delivery_write(struct matrix *m, struct buf *out)
{
	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];
		const struct reg *r = row->record.reg;
		bool organisation = strcmp(r->name, "organisation") == 0;

		if (row->step != STEP_NONE)
			continue;
		buf_addf(out, "{\"register\":\"%s\",\"key\":\"%s\",\"organisation\":\"%s\"",
			 r->name, organisation ? party_keys[row->of] : "brought",
			 party_keys[row->of]);
		for (size_t k = 0; k < r->field_count; k++) {
			if (r->fields[k].required)
				json_field(row, &r->fields[k], out);
		}
		if (plain_field(r) && !plain_field(r)->required)
			buf_addf(out, ",\"%s\":\"%s\"", plain_field(r)->name,
				 plain_field(r)->type == FIELD_TEXT   ? "brought"
				 : plain_field(r)->type == FIELD_DATE ? "2026-05-01"
								      : "2026-05-01T00:00:00Z");
		buf_addf(out, "}\n");
	}
	CHECK(!out->failed);
}

struct memory {
	struct str rest;
};

static enum err_code
memory_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct memory *in = object;
	size_t len = in->rest.len < size ? in->rest.len : size;

	(void)e;
	memcpy(bytes, in->rest.ptr, len);
	in->rest.ptr += len;
	in->rest.len -= len;
	*ret_len = len;
	return ERR_NONE;
}

static const struct delivery_rejection *
rejected(const struct delivery_report *report, long line)
{
	for (size_t i = 0; i < report->rejection_count; i++) {
		if (report->rejections[i].line == line)
			return &report->rejections[i];
	}
	return NULL;
}

/* What the row must refer to he must see. */
static bool
may_refer(const struct matrix *m, const struct world_row *row)
{
	const struct reg *r = row->record.reg;

	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->required && f->type == FIELD_REF &&
		    !matrix_may(m, f->targets[0], RIGHTS_READ, row->of))
			return false;
	}
	return true;
}

static void
rows_brought(struct matrix *m, const struct delivery_report *report)
{
	long line = 0;

	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];
		const struct delivery_rejection *no;
		bool should =
			matrix_may(m, row->record.reg, RIGHTS_WRITE, row->of) && may_refer(m, row);

		if (row->step != STEP_NONE)
			continue;
		no = rejected(report, ++line);
		if (no && should)
			(void)fprintf(stderr, "%s: %s\n", no->column, no->reason);
		matrix_tell(m, "an imported row", row->record.reg, !no, should);
		if (no && !matrix_may(m, row->record.reg, RIGHTS_READ, row->of))
			CHECK(row->record.reg->kernel ||
			      strstr(no->reason, "there is no organisation '") ||
			      strcmp(no->reason, "there is no such record now") == 0);
	}
}

static void
import_try(struct matrix *m)
{
	CLEANUP(buf_fini) struct buf lines = {.limit = 4 * 1024 * 1024};
	const struct delivery_options o = {
		.organisation = m->w.parties[m->holder], .source = "test", .dry_run = true};
	struct delivery_file file = {.name = "all.jsonl", .format = DELIVERY_JSON_LINES};
	struct delivery_report report;
	struct memory in;
	enum err_code rc;

	delivery_write(m, &lines);
	in.rest = (struct str){lines.data, lines.len};
	file.source = (struct byte_source){memory_read, &in};
	rc = delivery_import(m->w.ctx, &o, &file, 1, &report);
	/* Whoever may not see his own organisation cannot say that it delivers. */
	matrix_tell(m, "an import", model_reg(m->w.ctx->model, str_of("organisation")), !rc,
		    rights_allow(&m->rights, m->role, "organisation", RIGHTS_READ));
	if (!rc)
		rows_brought(m, &report);
}

static void
role_try(struct matrix *m)
{
	arena_init(&m->scratch, (size_t)1024 * 1024 * 1024);
	world_serve(&m->w, m->role, m->holder);
	writes_try(m);
	import_try(m);
	reads_try(m, m->w.reads, false);
	reads_try(m, m->w.past, true);
	arena_fini(&m->scratch);
}

enum { PARTS = 3 };

/* One role of so many: all of them, unless ACCESS_STEP says that there is no time for it. */
static size_t
step_wanted(void)
{
	const char *text = getenv("ACCESS_STEP");
	long step = text ? strtol(text, NULL, 10) : 1;

	return PARTS * (size_t)(step > 0 && step < 10 ? step : 1);
}

static void
holder_try(enum party_of holder, size_t part)
{
	struct matrix m = {.holder = holder};
	const size_t step = step_wanted();
	const struct plan *p;
	int64_t left = 0;

	world_open(&m.w);
	rights_load(&m.rights, &m.w.arena);
	CHECK(!search_open(m.w.ws, &m.index, &m.w.ctx->err));
	CHECK(!search_catch_up(m.index, INT64_MAX, &left, &m.w.ctx->err) && left == 0);
	p = &m.w.ctx->model->plan;
	for (size_t i = part; i < p->role_count; i += step) {
		m.role = p->roles[i].name;
		role_try(&m);
	}
	(void)printf(
		"roles held in '%s', part %zu, on %s%s: %lld tried, %lld allowed, %lld refused, "
		"%lld leaks, %lld refused wrongly\n",
		party_keys[holder], part + 1, engine_is_server() ? "PostgreSQL" : "SQLite",
		engine_is_server() && m.w.walled ? " behind its wall" : "", (long long)m.tried,
		(long long)m.allowed, (long long)m.refused, (long long)m.leaks, (long long)m.wrong);
	(void)fflush(stdout);
	CHECK(m.leaks == 0 && m.wrong == 0 && m.allowed > 0 && m.refused > 0);
	search_close(m.index);
	world_close(&m.w);
}

#define HOLDER(id, holder)                                                                         \
	TEST(access_of_##id##_is_what_the_plan_says_1)                                             \
	{                                                                                          \
		holder_try(holder, 0);                                                             \
	}                                                                                          \
	TEST(access_of_##id##_is_what_the_plan_says_2)                                             \
	{                                                                                          \
		holder_try(holder, 1);                                                             \
	}                                                                                          \
	TEST(access_of_##id##_is_what_the_plan_says_3)                                             \
	{                                                                                          \
		holder_try(holder, 2);                                                             \
	}

HOLDER(a_members_roles, PARTY_OWN)
HOLDER(the_integrators_roles, PARTY_INTEGRATOR)
HOLDER(the_clients_roles, PARTY_CLIENT)
