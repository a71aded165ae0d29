#include "record/plans.h"

#include "access/serve.h"
#include "base/civil.h"
#include "base/limits.h"
#include "codec/json.h"
#include "model/past.h"
#include "record/writer.h"
#include "store/find.h"

#include <string.h>

enum { SECOND_MS = 1000 };

static enum err_code
is_kept(struct db *db, struct str hash, bool *ret_kept, struct err *e)
{
	const struct db_find f = {"select name from plan_version where hash = :hash",
				  {db_of_text(hash)}};

	return db_find_any(db, &f, ret_kept, e);
}

static enum err_code
files_keep(struct db *db, const struct model *m, struct str hash, struct err *e)
{
	DB_STMT *add = NULL;
	enum err_code rc = db_prepare(
		db, "insert into plan_file (hash, path, bytes) values (:hash, :path, :bytes)", &add,
		e);

	for (size_t i = 0; !rc && i < m->files.count; i++) {
		const struct plan_file *f = &m->files.files[i];

		db_bind_text(add, 1, hash);
		db_bind_text(add, 2, str_of(f->path));
		db_bind_blob(add, 3, f->bytes.ptr, f->bytes.len);
		rc = db_run(add, e);
	}
	return rc;
}

enum err_code
plan_keep(struct db *db, const struct model *m, int64_t now_ms, struct err *e)
{
	char hex[HASH_HEX_LEN + 1];
	DB_STMT *add = NULL;
	bool kept = false;
	enum err_code rc;

	hash_hex(&m->hash, hex);
	rc = is_kept(db, str_of(hex), &kept, e);
	if (rc || kept)
		return rc;
	rc = db_prepare(db,
			"insert into plan_version (hash, name, version, kept_at) "
			"values (:hash, :name, :version, :kept_at)",
			&add, e);
	if (rc)
		return rc;
	db_bind_text(add, 1, str_of(hex));
	db_bind_text(add, 2, str_of(m->plan.name));
	db_bind_text(add, 3, str_of(m->plan.version));
	db_bind_int(add, 4, now_ms);
	rc = db_run(add, e);
	return rc ? rc : files_keep(db, m, str_of(hex), e);
}

static enum err_code
files_read(struct db *db, struct str hash, struct arena *a, struct plan_files *ret_files,
	   struct err *e)
{
	struct plan_files files = {0};
	size_t cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		db, "select path, bytes from plan_file where hash = :hash order by path", &s, e);
	bool row;

	if (rc)
		return rc;
	db_bind_text(s, 1, hash);
	while (!(rc = db_step(s, &row, e)) && row) {
		files.files = arena_room(a, files.files, files.count, &cap, sizeof(*files.files));
		files.files[files.count].path = str_z(a, db_text(s, 0));
		/* The parser wants a NUL after the text, as it has after a file's. */
		files.files[files.count].bytes.ptr = str_z(a, db_text(s, 1));
		files.files[files.count++].bytes.len = db_text(s, 1).len;
	}
	if (!rc)
		*ret_files = files;
	return rc;
}

enum err_code
plan_load(struct db *db, struct str hash, struct arena *a, const struct model **ret_model,
	  struct err *e)
{
	struct plan_files *files = arena_alloc(a, sizeof(*files));
	struct model_source from = {.kept = files};
	struct hash kept_hash;
	char hex[HASH_HEX_LEN + 1] = "";
	struct diags diags;
	bool kept = false;
	enum err_code rc = is_kept(db, hash, &kept, e);

	if (!rc && !kept)
		rc = err_set(e, ERR_MISSING, "plan",
			     "the plan with hash %.*s was not kept: this workspace was made before "
			     "plans were",
			     STR_ARG(hash));
	if (!rc)
		rc = files_read(db, hash, a, files, e);
	if (!rc)
		rc = plan_files_hash(files, &kept_hash, e);
	if (rc)
		return rc;
	hash_hex(&kept_hash, hex);
	if (!str_is(hash, hex))
		return err_set(e, ERR_INVALID, "plan",
			       "the kept files of the plan with hash %.*s are not those that were "
			       "taken in: they were altered in the database",
			       STR_ARG(hash));
	diag_init(&diags, a);
	return model_load(&from, a, &diags, ret_model, e);
}

enum err_code
plans_kept(struct db *db, struct arena *a, struct plan_kept **ret_plans, size_t *ret_count,
	   struct err *e)
{
	struct plan_kept *plans = NULL;
	size_t count = 0;
	size_t cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		db, "select v.hash, v.name, v.version from plan_version v order by v.hash", &s, e);
	bool row;

	while (!rc && !(rc = db_step(s, &row, e)) && row) {
		plans = arena_room(a, plans, count, &cap, sizeof(*plans));
		plans[count++] = (struct plan_kept){.kept_as = str_dup(a, db_text(s, 0)),
						    .name = str_dup(a, db_text(s, 1)),
						    .version = str_dup(a, db_text(s, 2))};
	}
	for (size_t i = 0; !rc && i < count; i++) {
		struct plan_files files = {0};

		rc = files_read(db, plans[i].kept_as, a, &files, e);
		if (!rc)
			rc = plan_files_hash(&files, &plans[i].hash, e);
	}
	if (rc)
		return rc;
	*ret_plans = plans;
	*ret_count = count;
	return ERR_NONE;
}

static struct str
member(const json_t *detail, const char *name, struct arena *a)
{
	const char *text = json_string_value(json_object_get(detail, name));

	return text ? str_dup(a, str_of(text)) : (struct str){0};
}

enum err_code
plan_taken_read(struct str detail, struct arena *a, struct plan_taken *ret_plan, struct err *e)
{
	json_t *read = NULL;
	enum err_code rc = json_read(detail, &read, e);

	if (rc)
		return rc;
	*ret_plan = (struct plan_taken){.hash = member(read, "hash", a),
					.name = member(read, "plan", a),
					.version = member(read, "version", a)};
	json_decref(read);
	return ERR_NONE;
}

enum err_code
plan_in_force(struct db *db, int64_t instant_ms, struct arena *a, struct plan_taken *ret_plan,
	      struct err *e)
{
	struct plan_taken taken = {0};
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db,
				      "select e.at, e.detail from event e "
				      "where e.kind = 'plan_taken_in' and e.at <= :at "
				      "order by e.id desc limit 1",
				      &s, e);
	bool row;

	if (rc)
		return rc;
	db_bind_int(s, 1, instant_ms);
	rc = db_step(s, &row, e);
	if (!rc && row)
		rc = plan_taken_read(db_text(s, 1), a, &taken, e);
	if (rc)
		return rc;
	if (row)
		taken.at = db_int(s, 0);
	*ret_plan = taken;
	return ERR_NONE;
}

/* What happened in the second or on the day is seen. */
bool
past_moment(const struct zone *zone, struct str text, int64_t kept, int64_t now, int64_t *ret_at)
{
	int64_t day;

	if (civil_parse_instant(text, ret_at)) {
		*ret_at += SECOND_MS - 1 - (*ret_at % SECOND_MS + SECOND_MS) % SECOND_MS;
		return true;
	}
	if (!civil_parse_date(text, &day))
		return false;
	*ret_at = zone_day_start(zone, day + 1) - 1;
	if (zone_day_start(zone, day) <= kept && kept <= *ret_at)
		*ret_at = kept;
	else if (day == zone_date(zone, now))
		*ret_at = now;
	return true;
}

static enum err_code
text_read(const struct ctx *ctx, const struct workspace_options *o, int64_t now, int64_t *ret_at,
	  struct err *e)
{
	if (past_moment(ctx->zone, str_of(o->as_of), o->as_of_kept, now, ret_at))
		return ERR_NONE;
	return err_set(e, ERR_USAGE, "as-of",
		       "'%.60s' is no time; write an instant as 2026-03-01T12:00:00Z, or a "
		       "day as 2026-03-01",
		       o->as_of);
}

static enum err_code
instant_read(struct ctx *ctx, const struct workspace_options *o, int64_t now, struct err *e)
{
	int64_t at = o->as_of_kept;
	char stamp[CIVIL_INSTANT_LEN + 1];
	enum err_code rc = o->as_of ? text_read(ctx, o, now, &at, e) : ERR_NONE;

	if (rc)
		return rc;
	civil_format_instant(now, stamp);
	if (at / SECOND_MS > now / SECOND_MS)
		return err_set(e, ERR_INVALID, "as-of",
			       "'%.60s' is yet to come (it is %s): only the past can be asked for",
			       o->as_of ? o->as_of : "the cursor's time", stamp);
	ctx->as_of = at;
	ctx->clock.fixed_ms = at;
	return ERR_NONE;
}

static enum err_code
too_young(struct ctx *ctx, const struct workspace_options *o, struct err *e)
{
	DB_STMT *s = NULL;
	char stamp[CIVIL_INSTANT_LEN + 1] = "?";
	bool row;
	enum err_code rc = db_prepare(ctx->db, "select min(e.at) from event e", &s, e);

	if (!rc)
		rc = db_step(s, &row, e);
	if (rc)
		return rc;
	if (row && !db_is_null(s, 0))
		civil_format_instant(db_int(s, 0), stamp);
	return err_set(e, ERR_MISSING, "as-of",
		       "nothing was recorded at %.60s: this workspace was made at %s",
		       o->as_of ? o->as_of : "the cursor's time", stamp);
}

static const struct table *
kernel_table(const char *name)
{
	size_t i = 0;

	while (strcmp(kernel_tables[i].name, name) != 0)
		i++;
	return &kernel_tables[i];
}

/* The plan that was in force then, and its zone. */
static enum err_code
past_plan(struct ctx *ctx, const struct workspace_options *o, struct arena *a, struct err *e)
{
	struct plan_taken plan = {0};
	char hex[HASH_HEX_LEN + 1];
	enum err_code rc = plan_in_force(ctx->db, ctx->as_of, a, &plan, e);

	if (!rc && !plan.hash.ptr)
		rc = too_young(ctx, o, e);
	if (rc)
		return rc;
	hash_hex(&ctx->model->hash, hex);
	if (!str_is(plan.hash, hex))
		rc = plan_load(ctx->db, plan.hash, a, &ctx->model, e);
	return rc ? rc : zone_load(ctx->model->plan.time_zone, a, &ctx->zone, e);
}

/* When the posture of then was decided, which the events tell: whom the context serves may not see
 * those. */
static enum err_code
past_assessed(struct ctx *ctx, struct arena *a, struct err *e)
{
	const struct db_find f = {
		"select e.at from event e where e.kind = 'assessed' and e.at <= :at "
		"order by e.id desc limit 1",
		{db_of_int(ctx->as_of)}};
	char *text = arena_alloc(a, CIVIL_INSTANT_LEN + 1);
	int64_t at = 0;
	bool found = false;
	enum err_code rc = db_find_int(ctx->db, &f, &at, &found, e);

	if (rc || !found)
		return rc;
	civil_format_instant(at, text);
	ctx->as_of_assessed = (struct str){text, CIVIL_INSTANT_LEN};
	return ERR_NONE;
}

/* Goes back to the instant. A day is one of the plan of then, which is known only when it is near
 * enough. */
enum err_code
past_open(struct ctx *ctx, const struct workspace_options *o, const struct who *who,
	  struct arena *a, struct err *e)
{
	int64_t now = clock_now(&ctx->clock);
	const struct past *p;
	enum err_code rc = zone_load(ctx->model->plan.time_zone, a, &ctx->zone, e);

	for (int tries = 0; !rc && tries < 2; tries++) {
		rc = instant_read(ctx, o, now, e);
		if (!rc)
			rc = past_plan(ctx, o, a, e);
	}
	if (!rc)
		rc = past_assessed(ctx, a, e);
	/* What reads the past is made by the connection that asks, with no more rights. */
	if (!rc && who) {
		rc = ctx_serve(ctx, who);
		*e = ctx->err;
	}
	if (rc)
		return rc;
	p = model_past(ctx->model, kernel_table("event"), ctx->as_of, o->many, a);
	return db_as_of(ctx->db, p, e);
}
