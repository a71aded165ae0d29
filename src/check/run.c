#include "check/run.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/order.h"
#include "base/text.h"
#include "model/bind.h"
#include "query/narrow.h"

#include <stdlib.h>
#include <string.h>

enum { TABLES_MAX = 200, CHECK_MEMORY = 4 * 1024 * 1024 };

struct check {
	struct ctx *ctx;
	const struct obligation *obligation;
	struct db_stmt *scope;
	struct db_stmt *check;
	int record_column; /* of check; -1 where it does not give it */
	int reason_column;
	int since_column;
	int organisation_column;
	struct words tables;
	bool narrow;	  /* held to some records */
	const char *rows; /* the table that it reads for them, or NULL */
	struct arena arena;
	char today[CIVIL_DATE_LEN + 1];
	char now[CIVIL_INSTANT_LEN + 1];
	char from[CIVIL_DATE_LEN + 1];
	char to[CIVIL_DATE_LEN + 1];
};

static void
table_read(void *object, const char *table)
{
	struct check *c = object;

	if (!words_have(&c->tables, str_of(table)) && c->tables.count < TABLES_MAX)
		c->tables.words[c->tables.count++] = str_z(&c->arena, str_of(table));
}

/* Sets the place of a fault in a query, given where the engine saw it. */
static enum err_code
fault_at(struct check *c, const struct query *q, long offset, enum err_code rc)
{
	struct place p = q->place;

	if (offset >= 0)
		p = query_place(c->ctx->model, q, (size_t)offset);
	err_at(&c->ctx->err, p.file, p.line, p.column);
	return rc;
}

static int
column_of(const struct db_stmt *s, const char *name)
{
	for (int i = 0; i < db_column_count(s); i++) {
		if (strcmp(db_column_name(s, i), name) == 0)
			return i;
	}
	return -1;
}

static const char *const always[] = {"today", "now", "period_from", "period_to"};

static enum err_code
params_known(struct check *c, const struct query *q, const struct db_stmt *s)
{
	const struct plan *p = &c->ctx->model->plan;

	for (int i = 1; i <= db_param_count(s); i++) {
		const char *name = db_param_name(s, i);
		const char **names;
		const char *near;
		size_t n = 0;

		names = arena_alloc(&c->arena,
				    (p->param_count + COUNT_OF(always)) * sizeof(*names));
		for (size_t k = 0; k < COUNT_OF(always); k++)
			names[n++] = always[k];
		for (size_t k = 0; k < p->param_count; k++)
			names[n++] = p->params[k].name;
		for (size_t k = 0; k < n && name; k++) {
			if (strcmp(names[k], name) == 0)
				name = NULL;
		}
		if (!name)
			continue;
		near = text_nearest(str_of(name), names, n);
		err_set(&c->ctx->err, ERR_INVALID, "",
			"parameter ':%s' is not in parameters.yaml%s%s%s", name,
			near ? "; did you mean ':" : "", near ? near : "", near ? "'?" : "");
		return fault_at(c, q, -1, ERR_INVALID);
	}
	return ERR_NONE;
}

static enum err_code
query_prepare(struct check *c, const struct query *q, struct db_stmt **ret_stmt)
{
	struct db_guard guard = {.reads = table_read,
				 .object = c,
				 .judged = q->composed,
				 .along = c->rows != NULL,
				 .offset = -1};
	CLEANUP(buf_fini) struct buf text = {.limit = 2 * NARROW_LIMIT};
	enum err_code rc;

	if (c->rows)
		narrow_to_rows(q->composed, c->obligation->applies_to->name, c->rows, &text);
	else if (c->narrow)
		narrow_query(q->composed, db_has_lateral(c->ctx->db), &text);
	if (text.failed)
		return err_set(&c->ctx->err, ERR_TOO_BIG, "", "the query is too long");
	rc = db_prepare_guarded(c->ctx->db, c->narrow ? text.data : q->composed, &guard, ret_stmt,
				&c->ctx->err);
	return rc ? fault_at(c, q, c->narrow ? -1 : guard.offset, rc)
		  : params_known(c, q, *ret_stmt);
}

static enum err_code
columns_find(struct check *c)
{
	const struct obligation *o = c->obligation;
	int known = 0;

	if (db_column_count(c->scope) != 1 || column_of(c->scope, "record") != 0) {
		err_set(&c->ctx->err, ERR_INVALID, "", "'scope' must give one column, record");
		return fault_at(c, &o->scope, -1, ERR_INVALID);
	}
	c->record_column = column_of(c->check, "record");
	c->reason_column = column_of(c->check, "reason");
	c->since_column = column_of(c->check, "since");
	c->organisation_column = column_of(c->check, "organisation");
	known = 2 + (c->since_column >= 0) + (c->organisation_column >= 0);
	if (c->record_column < 0 || c->reason_column < 0 || db_column_count(c->check) != known) {
		err_set(&c->ctx->err, ERR_INVALID, "",
			"'check' must give record and reason, and may give since and organisation, "
			"nothing else");
		return fault_at(c, &o->check, -1, ERR_INVALID);
	}
	return ERR_NONE;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err_code
prepare(struct ctx *ctx, const struct obligation *o, bool narrow, const char *rows,
	struct check **ret_check)
{
	struct check *c = calloc(1, sizeof(*c));
	enum err_code rc;

	if (!c)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for a check");
	c->ctx = ctx;
	c->obligation = o;
	c->narrow = narrow;
	arena_init(&c->arena, CHECK_MEMORY);
	c->rows = rows ? str_z(&c->arena, str_of(rows)) : NULL;
	c->tables.words = arena_alloc(&c->arena, TABLES_MAX * sizeof(*c->tables.words));
	rc = query_prepare(c, &o->scope, &c->scope);
	if (!rc)
		rc = query_prepare(c, &o->check, &c->check);
	if (!rc)
		rc = columns_find(c);
	if (rc) {
		check_free(c);
		return rc;
	}
	qsort(c->tables.words, c->tables.count, sizeof(*c->tables.words), by_text);
	*ret_check = c;
	return ERR_NONE;
}

enum err_code
check_new(struct ctx *ctx, const struct obligation *o, struct check **ret_check)
{
	return prepare(ctx, o, false, NULL, ret_check);
}

enum err_code
check_new_narrow(struct ctx *ctx, const struct obligation *o, const char *rows,
		 struct check **ret_check)
{
	return prepare(ctx, o, true, rows, ret_check);
}

void
check_free(struct check *c)
{
	if (!c)
		return;
	db_stmt_free(c->scope);
	db_stmt_free(c->check);
	arena_fini(&c->arena);
	free(c);
}

void
check_freep(struct check **c)
{
	check_free(*c);
}

const struct words *
check_tables(const struct check *c)
{
	return &c->tables;
}

bool
check_uses(const struct check *c, const char *param)
{
	return db_param(c->scope, param) > 0 || db_param(c->check, param) > 0;
}

struct check_moment
check_moment_at(const struct ctx *ctx, int64_t now, enum cadence cadence)
{
	struct check_moment m = {.now = now, .limit_ms = (int64_t)LIMIT_CHECK_SECONDS * 1000};

	m.today = zone_date(ctx->zone, now);
	m.period = period_of(cadence, m.today);
	return m;
}

static struct str
always_text(const struct check *c, const char *name)
{
	if (strcmp(name, "today") == 0)
		return str_of(c->today);
	if (strcmp(name, "now") == 0)
		return str_of(c->now);
	if (strcmp(name, "period_from") == 0)
		return str_of(c->from);
	if (strcmp(name, "period_to") == 0)
		return str_of(c->to);
	return (struct str){0};
}

static void
params_bind(const struct check *c, struct db_stmt *s, const struct check_moment *m)
{
	for (int i = 1; i <= db_param_count(s); i++) {
		const char *name = db_param_name(s, i);
		const struct param *p = model_param(c->ctx->model, name);

		if (!p)
			db_bind_text(s, i, always_text(c, name));
		else if (p == m->tried)
			db_bind_int(s, i, m->tried_figure);
		else if (p->kind == UNIT_NUMBER)
			db_bind_int(s, i, p->number);
		else
			db_bind_text(s, i, str_of(p->text));
	}
}

/* What the run has seen so far. */
struct running {
	struct check *check;
	const struct roster *roster;
	const struct check_moment *moment;
	struct arena *arena;
	uint8_t *tested; /* one bit a counter of the register */
	uint8_t *failed;
	int64_t *counts; /* by place in the roster's organisations */
	struct check_result result;
	size_t cap;
	int64_t rows;
	bool again; /* a record came more than once */
};

static bool
bit_take(uint8_t *bits, size_t at)
{
	uint8_t mask = (uint8_t)(1U << (at & 7));
	bool was = (bits[at >> 3] & mask) != 0;

	bits[at >> 3] |= mask;
	return was;
}

static enum err_code
row_count(struct running *run, const char *what)
{
	if (++run->rows > LIMIT_CHECK_ROWS)
		return err_set(&run->check->ctx->err, ERR_TOO_BIG, "", "%s gives more than %d rows",
			       what, LIMIT_CHECK_ROWS);
	return ERR_NONE;
}

/* The place of a record in the roster, or an error that says whose fault it is that there is none.
 */
static enum err_code
record_at(struct running *run, const struct db_stmt *s, int column, size_t *ret_counter)
{
	struct ctx *ctx = run->check->ctx;
	const struct reg *reg = run->roster->reg;
	int64_t id = db_is_int(s, column) ? db_int(s, column) : 0;
	char name[RECORD_NAME_SIZE] = "a row without a record";

	*ret_counter = (size_t)(id & (((int64_t)1 << ID_CODE_SHIFT) - 1));
	if (roster_organisation(run->roster, id))
		return ERR_NONE;
	if (id)
		record_name(ctx->model, id, name);
	return err_set(&ctx->err, ERR_INVALID, "",
		       "it gives %s, which is no record of register '%s'", name, reg->name);
}

/* Whether the row in hand is about a record of which something is asked. */
static bool
is_asked(const struct running *run, const struct db_stmt *s, int column)
{
	const struct check_moment *m = run->moment;
	int64_t id = db_int(s, column);

	return !m->only || roster_organisation(run->roster, id) ||
	       bsearch(&id, m->only, m->only_count, sizeof(id), ints_order);
}

static enum err_code
scope_run(struct running *run)
{
	struct check *c = run->check;
	enum err_code rc = ERR_NONE;
	bool row;

	params_bind(c, c->scope, run->moment);
	db_deadline(c->ctx->db, run->moment->limit_ms);
	while (!rc && !(rc = db_step(c->scope, &row, &c->ctx->err)) && row) {
		size_t counter;

		rc = row_count(run, "'scope'");
		if (rc || !is_asked(run, c->scope, 0))
			continue;
		rc = record_at(run, c->scope, 0, &counter);
		if (!rc && !bit_take(run->tested, counter)) {
			run->counts[run->roster->owners[counter] - 1]++;
			run->result.tested_total++;
		}
	}
	db_deadline(c->ctx->db, 0);
	db_reset(c->scope);
	return rc ? fault_at(c, &c->obligation->scope, -1, rc) : ERR_NONE;
}

/* A date counts from its first moment in the plan's zone. */
static enum err_code
since_read(struct running *run, struct str text, int64_t *ret_ms)
{
	struct ctx *ctx = run->check->ctx;
	int64_t days;

	*ret_ms = 0;
	if (!text.ptr)
		return ERR_NONE;
	if (civil_parse_date(text, &days))
		*ret_ms = zone_day_start(ctx->zone, days);
	else if (!civil_parse_instant(text, ret_ms))
		return err_set(&ctx->err, ERR_INVALID, "", "since is '%.*s', which is no date",
			       STR_ARG(text));
	if (*ret_ms > run->moment->now)
		*ret_ms = run->moment->now;
	return ERR_NONE;
}

/* Whom the check itself holds to it: a failure of nobody would be seen by nobody. */
static enum err_code
organisation_read(struct check *c, int64_t *organisation)
{
	const struct reg *r;

	if (c->organisation_column < 0 || db_is_null(c->check, c->organisation_column))
		return ERR_NONE;
	r = db_is_int(c->check, c->organisation_column)
		    ? model_reg_of_id(c->ctx->model, db_int(c->check, c->organisation_column))
		    : NULL;
	if (!r || strcmp(r->name, "organisation") != 0)
		return err_set(&c->ctx->err, ERR_INVALID, "",
			       "'organisation' gives something else than an organisation's number");
	*organisation = db_int(c->check, c->organisation_column);
	return ERR_NONE;
}

/* A reason tells what records hold, so whoever delivers them must not make it too long to keep. */
static struct str
reason_cut(struct str reason)
{
	if (reason.len > LIMIT_REASON_BYTES) {
		reason.len = LIMIT_REASON_BYTES;
		reason.len = text_whole(reason);
	}
	return reason;
}

static bool
says_the_same(const struct check_failure *a, const struct check_failure *b)
{
	return a->record == b->record && a->since == b->since &&
	       a->organisation == b->organisation && str_eq(a->reason, b->reason);
}

/* `again`: not the first row of its record. */
static enum err_code
failure_add(struct running *run, size_t counter, bool again)
{
	struct check *c = run->check;
	struct check_result *res = &run->result;
	struct check_failure now = {.record = db_int(c->check, c->record_column),
				    .reason = reason_cut(db_text(c->check, c->reason_column))};
	enum err_code rc;

	if (str_trim(now.reason).len == 0)
		return err_set(&c->ctx->err, ERR_INVALID, "", "a failing record has no reason");
	now.organisation = run->roster->organisations[run->roster->owners[counter] - 1];
	rc = organisation_read(c, &now.organisation);
	if (!rc && c->since_column >= 0)
		rc = since_read(run, db_text(c->check, c->since_column), &now.since);
	/* A row that says the same once more, as a join gives them, is not kept. */
	if (rc || (again && says_the_same(&res->failures[res->failure_count - 1], &now)))
		return rc;
	run->again = run->again || again;
	res->failures = arena_room(run->arena, res->failures, res->failure_count, &run->cap,
				   sizeof(*res->failures));
	now.reason = str_dup(run->arena, now.reason);
	res->failures[res->failure_count++] = now;
	return ERR_NONE;
}

static enum err_code
failures_run(struct running *run)
{
	struct check *c = run->check;
	enum err_code rc = ERR_NONE;
	bool row;

	params_bind(c, c->check, run->moment);
	db_deadline(c->ctx->db, run->moment->limit_ms);
	while (!rc && !(rc = db_step(c->check, &row, &c->ctx->err)) && row) {
		char name[RECORD_NAME_SIZE];
		size_t counter = 0;

		rc = row_count(run, "'check'");
		if (rc || !is_asked(run, c->check, c->record_column))
			continue;
		rc = record_at(run, c->check, c->record_column, &counter);
		if (!rc && !(run->result.scope[counter >> 3] & 1U << (counter & 7))) {
			record_name(c->ctx->model, db_int(c->check, c->record_column), name);
			rc = err_set(&c->ctx->err, ERR_INVALID, "",
				     "the check fails %s, which is outside its scope", name);
		}
		if (!rc)
			rc = failure_add(run, counter, bit_take(run->failed, counter));
	}
	db_deadline(c->ctx->db, 0);
	db_reset(c->check);
	return rc ? fault_at(c, &c->obligation->check, -1, rc) : ERR_NONE;
}

bool
check_in_scope(const struct check_result *r, int64_t record)
{
	size_t counter = (size_t)(record & (((int64_t)1 << ID_CODE_SHIFT) - 1));

	return counter >> 3 < r->scope_bytes && (r->scope[counter >> 3] & 1U << (counter & 7));
}

static int
by_record(const void *a, const void *b)
{
	const struct check_failure *x = a;
	const struct check_failure *y = b;
	int order = int_cmp(x->record, y->record);

	if (!order)
		order = str_cmp(x->reason, y->reason);
	if (!order)
		order = int_cmp(x->since, y->since);
	return order ? order : int_cmp(x->organisation, y->organisation);
}

void
check_failures_sort(struct check_failure *list, size_t count)
{
	if (count > 0)
		qsort(list, count, sizeof(*list), by_record);
}

/* In which order an engine gives rows is its own affair, so of several reasons the first by the
 * alphabet counts. */
static void
failures_sort(struct running *run)
{
	struct check_result *res = &run->result;
	size_t n = 0;

	check_failures_sort(res->failures, res->failure_count);
	for (size_t i = 0; run->again && i < res->failure_count; i++) {
		if (i == 0 || res->failures[i].record != res->failures[n - 1].record)
			res->failures[n++] = res->failures[i];
	}
	if (run->again)
		res->failure_count = n;
}

static void
tested_gather(struct running *run)
{
	const struct roster *r = run->roster;
	struct check_result *res = &run->result;

	res->tested = arena_alloc(run->arena, (r->organisation_count + 1) * sizeof(*res->tested));
	for (size_t i = 0; i < r->organisation_count; i++) {
		if (run->counts[i] > 0)
			res->tested[res->tested_count++] =
				(struct check_tested){r->organisations[i], run->counts[i]};
	}
}

static enum err_code
scope_find(struct running *run, size_t bytes)
{
	const struct check_result *same = run->moment->scope_of;
	enum err_code rc;

	if (same) {
		run->result = *same;
		run->result.failures = NULL;
		run->result.failure_count = 0;
		return ERR_NONE;
	}
	run->tested = arena_alloc(run->arena, bytes);
	run->result.scope = run->tested;
	run->result.scope_bytes = bytes;
	rc = scope_run(run);
	if (!rc)
		tested_gather(run);
	return rc;
}

enum err_code
check_run(struct check *c, const struct roster *r, const struct check_moment *m, struct arena *a,
	  struct check_result *ret_result)
{
	struct running run = {.check = c, .roster = r, .moment = m, .arena = a};
	size_t bytes = r->size / 8 + 1;
	enum err_code rc;

	civil_format_date(m->today, c->today);
	civil_format_instant(m->now, c->now);
	civil_format_date(m->period.from, c->from);
	civil_format_date(m->period.to, c->to);
	run.failed = calloc(1, bytes);
	run.counts = calloc(r->organisation_count + 1, sizeof(*run.counts));
	if (run.failed && run.counts)
		rc = scope_find(&run, bytes);
	else
		rc = err_set(&c->ctx->err, ERR_INTERNAL, "", "no memory to run a check");
	if (!rc)
		rc = failures_run(&run);
	if (!rc) {
		failures_sort(&run);
		*ret_result = run.result;
	}
	free(run.failed);
	free(run.counts);
	return rc;
}
