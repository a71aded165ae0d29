#include "record/workspace.h"

#include "base/civil.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "model/changes.h"
#include "record/keys.h"
#include "record/migrate.h"
#include "record/plans.h"
#include "record/writer.h"
#include "sys/file.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MODEL_MEMORY = 64 * 1024 * 1024, WORK_MEMORY = 512 * 1024 * 1024 };

struct workspace {
	struct ctx ctx;
	struct arena model_arena;
	struct arena arena;
	struct note_key key;
	int version; /* format of the store; 0: it has no tables yet */
};

struct ctx *
workspace_ctx(struct workspace *ws)
{
	return &ws->ctx;
}

const struct note_key *
workspace_key(const struct workspace *ws)
{
	return &ws->key;
}

void
workspace_close(struct workspace *ws)
{
	if (!ws)
		return;
	writer_forget(&ws->ctx);
	ledger_close(ws->ctx.ledger);
	db_close(ws->ctx.db);
	hasher_free(ws->ctx.hasher);
	note_key_wipe(&ws->key);
	arena_fini(&ws->arena);
	arena_fini(&ws->model_arena);
	free(ws);
}

void
workspace_closep(struct workspace **ws)
{
	workspace_close(*ws);
}

enum err_code
meta_get(struct db *db, const char *name, struct arena *a, struct str *ret_value, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db, "select value from meta where name = :name", &s, e);
	bool row;

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(name));
	rc = db_step(s, &row, e);
	if (!rc)
		*ret_value = row ? str_dup(a, db_text(s, 0)) : (struct str){0};
	return rc;
}

enum err_code
meta_set(struct db *db, const char *name, struct str value, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db,
				      "insert into meta (name, value) values (:name, :value) "
				      "on conflict (name) do update set value = excluded.value",
				      &s, e);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(name));
	db_bind_text(s, 2, value);
	return db_run(s, e);
}

static enum err_code
workspace_new(struct workspace **ret_ws, struct err *e)
{
	struct workspace *ws = calloc(1, sizeof(*ws));
	struct passwd *who = getpwuid(getuid());
	enum err_code rc;

	if (!ws)
		return err_set(e, ERR_INTERNAL, "", "no memory for a workspace");
	arena_init(&ws->model_arena, MODEL_MEMORY);
	arena_init(&ws->arena, WORK_MEMORY);
	ws->ctx.arena = &ws->arena;
	ws->ctx.actor.ptr = arena_alloc(&ws->arena, 128);
	(void)snprintf((char *)(uintptr_t)ws->ctx.actor.ptr, 128, "%s@shell",
		       who ? who->pw_name : "unknown");
	ws->ctx.actor.len = strlen(ws->ctx.actor.ptr);
	rc = hasher_new(&ws->ctx.hasher, e);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}

/* The zone of the plan, the ledger with its key: what needs both store and model. */
static enum err_code
attach(struct workspace *ws, struct err *e)
{
	enum err_code rc = ERR_NONE;

	if (!ws->ctx.zone)
		rc = zone_load(ws->ctx.model->plan.time_zone, &ws->model_arena, &ws->ctx.zone, e);
	if (rc)
		return rc;
	rc = db_set_zone(ws->ctx.db, ws->ctx.zone, e);
	return rc ? rc : ledger_open(ws->ctx.db, &ws->key, ws->ctx.hasher, &ws->ctx.ledger, e);
}

static enum err_code
clock_set(struct workspace *ws, const struct workspace_options *o, bool allowed, struct err *e)
{
	if (!o->rehearse)
		return ERR_NONE;
	if (!allowed)
		return err_set(
			e, ERR_DENIED, "clock",
			"only a workspace made with 'init --rehearsal' can be told another time: "
			"recorded time is never editable");
	if (!civil_parse_instant(str_of(o->rehearse), &ws->ctx.clock.fixed_ms))
		return err_set(e, ERR_USAGE, "clock",
			       "'%s' is no time; write it as 2026-03-01T12:00:00Z", o->rehearse);
	return ERR_NONE;
}

/* Asked before anything else of the workspace is read: a newer program may keep all of it in
 * another way. */
static enum err_code
version_check(struct workspace *ws, struct err *e)
{
	struct str version = {0};
	int64_t number = 0;
	enum err_code rc = meta_get(ws->ctx.db, "store_version", &ws->arena, &version, e);

	if (rc)
		return rc;
	if (!version.ptr || !str_int(version, &number))
		return err_set(e, ERR_INVALID, "",
			       "the database does not say which format it has; restore it from a "
			       "backup");
	ws->version = (int)number;
	if (number > STORE_VERSION)
		return err_set(e, ERR_CONFLICT, "",
			       "this workspace was made by a newer Holdfast (format %lld, this one "
			       "knows %d); use the newer program",
			       (long long)number, STORE_VERSION);
	return ERR_NONE;
}

/* A store whose making was interrupted has no tables at all: it is fresh still. */
static bool
store_is_fresh(struct workspace *ws)
{
	CLEANUP(db_stmt_freep) struct db_stmt *s = NULL;
	struct err none;

	return db_prepare(ws->ctx.db, "select value from meta", &s, &none) == ERR_INVALID;
}

static enum err_code
rehearsal_check(struct workspace *ws, const struct workspace_options *o, struct err *e)
{
	struct str rehearsal = {0};
	enum err_code rc = meta_get(ws->ctx.db, "rehearsal", &ws->arena, &rehearsal, e);

	return rc ? rc : clock_set(ws, o, rehearsal.ptr != NULL, e);
}

static enum err_code
store_check(struct workspace *ws, const struct workspace_options *o, struct err *e)
{
	struct str plan = {0};
	char hex[HASH_HEX_LEN + 1];
	enum err_code rc = meta_get(ws->ctx.db, "plan_hash", &ws->arena, &plan, e);

	if (rc)
		return rc;
	hash_hex(&ws->ctx.model->hash, hex);
	if (!str_is(plan, hex))
		return err_set(
			e, ERR_CONFLICT, "",
			"the plan in '%s/content' is not the one that was taken in; run 'holdfast "
			"init --home %s --content %s/content' to take in the change",
			o->home, o->home, o->home);
	return rehearsal_check(ws, o, e);
}

static enum err_code
open_parts(struct workspace *ws, const struct workspace_options *o, enum db_access access,
	   struct err *e)
{
	const char *db_path = file_join(&ws->arena, o->home, "holdfast.db");
	const char *content = file_join(&ws->arena, o->home, "content");
	struct model_source from = {.content = content,
				    .plan = file_join(&ws->arena, content, "plan")};
	struct diags diags;
	enum err_code rc;

	if (!file_exists(db_path))
		return err_set(
			e, ERR_MISSING, "home",
			"there is no workspace in '%s'; make one with 'holdfast init --home %s'",
			o->home, o->home);
	diag_init(&diags, &ws->model_arena);
	rc = db_open(db_path, access, &ws->ctx.db, e);
	if (!rc && store_is_fresh(ws))
		return err_set(e, ERR_MISSING, "home",
			       "the workspace in '%s' was never finished; repeat 'holdfast init "
			       "--home %s'",
			       o->home, o->home);
	if (!rc)
		rc = version_check(ws, e);
	if (!rc && ws->version < STORE_VERSION)
		rc = err_set(e, ERR_CONFLICT, "",
			     "this workspace was made by an older Holdfast (format %d, this one "
			     "writes %d); run 'holdfast init --home %s --content %s/content' once: "
			     "it adds what is missing and changes no record",
			     ws->version, STORE_VERSION, o->home, o->home);
	if (!rc)
		rc = model_load(&from, &ws->model_arena, &diags, &ws->ctx.model, e);
	if (!rc)
		rc = keys_load(o->home, access, &ws->arena, &ws->key, e);
	if (!rc)
		rc = store_check(ws, o, e);
	if (!rc && o->as_of)
		rc = past_open(&ws->ctx, o, &ws->model_arena, e);
	return rc ? rc : attach(ws, e);
}

enum err_code
workspace_open(const struct workspace_options *o, enum db_access access, struct workspace **ret_ws,
	       struct err *e)
{
	struct workspace *ws = NULL;
	enum err_code rc = workspace_new(&ws, e);

	if (!rc)
		rc = open_parts(ws, o, access, e);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}

enum err_code
workspace_scratch(const struct model *model, int64_t now_ms, struct workspace **ret_ws,
		  struct err *e)
{
	struct workspace_report report = {.changes = {.limit = LIMIT_PLAN_FILE_BYTES}};
	struct workspace *ws = NULL;
	struct db_txn txn = {0};
	enum err_code rc = workspace_new(&ws, e);

	if (!rc) {
		ws->ctx.model = model;
		ws->ctx.clock.fixed_ms = now_ms;
		rc = db_open(":memory:", DB_SCRATCH, &ws->ctx.db, e);
	}
	if (!rc)
		rc = note_key_make("holdfast/scratch", &ws->key, e);
	if (!rc)
		rc = db_begin(ws->ctx.db, &txn, e);
	if (!rc)
		rc = migrate(ws->ctx.db, model, 0, &report, e);
	if (!rc)
		rc = db_commit(&txn, e);
	if (!rc)
		rc = attach(ws, e);
	db_txn_end(&txn);
	buf_fini(&report.changes);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}

static enum err_code
folder_copy(const char *from, const char *to, const char *suffix, struct arena *a, struct err *e)
{
	struct file_names names;
	enum err_code rc = file_make_folder(to, 0755, e);

	if (!rc)
		rc = file_list(from, suffix, a, &names, e);
	for (size_t i = 0; !rc && i < names.count; i++) {
		struct str text;

		rc = file_load(file_join(a, from, names.names[i]), LIMIT_PLAN_FILE_BYTES, a, &text,
			       e);
		if (!rc)
			rc = file_save(file_join(a, to, names.names[i]), text, 0644, e);
	}
	return rc;
}

/* Copies beside the old content, then puts it in its place: an interruption leaves one of the two
 * whole. */
static enum err_code
content_copy(struct workspace *ws, const struct workspace_options *o, struct err *e)
{
	struct arena *a = &ws->arena;
	const char *content = file_join(a, o->home, "content");
	const char *next = file_join(a, o->home, "content.new");
	const char *old = file_join(a, o->home, "content.old");
	const char *plan = file_join(a, next, "plan");
	enum err_code rc = file_remove_folder(next, e);

	if (!rc)
		rc = folder_copy(file_join(a, o->content, "registers"),
				 file_join(a, next, "registers"), ".yaml", a, e);
	if (!rc)
		rc = folder_copy(o->plan, plan, ".yaml", a, e);
	if (!rc)
		rc = folder_copy(o->plan, plan, ".csv", a, e);
	if (!rc)
		rc = folder_copy(file_join(a, o->plan, "sections"), file_join(a, plan, "sections"),
				 ".yaml", a, e);
	if (!rc && file_is_folder(file_join(a, o->plan, "views")))
		rc = folder_copy(file_join(a, o->plan, "views"), file_join(a, plan, "views"),
				 ".sql", a, e);
	if (!rc)
		rc = file_remove_folder(old, e);
	if (!rc && file_is_folder(content) && rename(content, old) != 0)
		rc = err_set(e, ERR_IO, "", "cannot rename '%s'", content);
	if (!rc && rename(next, content) != 0)
		rc = err_set(e, ERR_IO, "", "cannot rename '%s'", next);
	return rc ? rc : file_remove_folder(old, e);
}

static enum err_code
plan_record(struct workspace *ws, const char *hex, const struct workspace_options *o, bool fresh,
	    struct err *e)
{
	char number[16];
	enum err_code rc = meta_set(ws->ctx.db, "plan_hash", str_of(hex), e);

	(void)snprintf(number, sizeof(number), "%d", STORE_VERSION);
	if (!rc)
		rc = meta_set(ws->ctx.db, "store_version", str_of(number), e);
	if (!rc && fresh && o->rehearsal)
		rc = meta_set(ws->ctx.db, "rehearsal", str_of("yes"), e);
	return rc;
}

/* A store of a format before plans were kept has its present one in the folder still, unless that
 * was changed. */
static enum err_code
older_plan_keep(struct workspace *ws, const struct workspace_options *o, struct str hash,
		struct err *e)
{
	const char *content = file_join(&ws->arena, o->home, "content");
	struct model_source from = {.content = content,
				    .plan = file_join(&ws->arena, content, "plan")};
	const struct model *m = NULL;
	char hex[HASH_HEX_LEN + 1];
	struct diags diags;
	struct err none = {0};

	diag_init(&diags, &ws->model_arena);
	if (model_load(&from, &ws->model_arena, &diags, &m, &none))
		return ERR_NONE;
	hash_hex(&m->hash, hex);
	if (!str_is(hash, hex))
		return ERR_NONE;
	return plan_keep(ws->ctx.db, m, clock_now(&ws->ctx.clock), e);
}

/* What changed since the plan that the last event tells of; NULL when that one is not kept. */
static json_t *
changes_find(struct workspace *ws, const struct plan_taken *last, struct buf *told)
{
	const struct model *old = NULL;
	json_t *changes = NULL;
	struct err none = {0};

	if (last->hash.ptr && !plan_load(ws->ctx.db, last->hash, &ws->model_arena, &old, &none))
		changes = plan_changes(old, ws->ctx.model);
	plan_changes_text(changes, told);
	return changes;
}

/* Says in the ledger that the present plan was taken in, unless it says so already: an interruption
 * can part the two. */
static enum err_code
event_write(struct workspace *ws, const char *hex, struct workspace_report *report, struct err *e)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = 2 * LIMIT_ENTRY_BYTES};
	struct plan_taken last = {0};
	json_t *changes;
	WRITER *w = NULL;
	enum err_code rc = plan_in_force(ws->ctx.db, INT64_MAX, &ws->arena, &last, e);

	if (rc || str_is(last.hash, hex))
		return rc;
	changes = changes_find(ws, &last, &report->changes);
	rc = plan_taken_detail(ws->ctx.model, changes, &detail, e);
	json_decref(changes);
	if (rc)
		return rc;
	rc = writer_begin(&ws->ctx, &w);
	if (!rc)
		rc = writer_event(w, "plan_taken_in", (struct str){detail.data, detail.len});
	if (!rc)
		rc = writer_commit(w);
	if (rc)
		*e = ws->ctx.err;
	else
		report->plan_changed = true;
	return rc;
}

/* Tables, then the plan's hash, in one transaction; then an event says so. */
static enum err_code
store_fit(struct workspace *ws, const struct workspace_options *o, struct workspace_report *report,
	  struct err *e)
{
	DB_TXN txn = {0};
	char hex[HASH_HEX_LEN + 1];
	struct str known = {0};
	enum err_code rc;

	hash_hex(&ws->ctx.model->hash, hex);
	rc = db_begin(ws->ctx.db, &txn, e);
	/* Another process may have brought it to this format meanwhile. */
	if (!rc && !report->created)
		rc = version_check(ws, e);
	if (!rc && !report->created)
		rc = meta_get(ws->ctx.db, "plan_hash", &ws->arena, &known, e);
	if (!rc)
		rc = migrate(ws->ctx.db, ws->ctx.model, ws->version, report, e);
	if (!rc && !report->created && ws->version < STORE_VERSION)
		rc = older_plan_keep(ws, o, known, e);
	if (!rc)
		rc = plan_keep(ws->ctx.db, ws->ctx.model, clock_now(&ws->ctx.clock), e);
	if (!rc)
		rc = plan_record(ws, hex, o, report->created, e);
	if (!rc)
		rc = db_commit(&txn, e);
	db_txn_end(&txn);
	report->plan_changed = !str_is(known, hex);
	report->upgraded = !report->created && ws->version < STORE_VERSION;
	if (!rc)
		rc = attach(ws, e);
	return rc ? rc : event_write(ws, hex, report, e);
}

static enum err_code
init_parts(struct workspace *ws, const struct workspace_options *o, struct diags *diags,
	   struct workspace_report *report, struct err *e)
{
	const char *db_path = file_join(&ws->arena, o->home, "holdfast.db");
	struct model_source from = {.content = o->content, .plan = o->plan};
	enum err_code rc = model_load(&from, &ws->model_arena, diags, &ws->ctx.model, e);

	/* Before a folder is made for nothing, or the store takes in what cannot be used. */
	if (!rc)
		rc = zone_load(ws->ctx.model->plan.time_zone, &ws->model_arena, &ws->ctx.zone, e);
	if (!rc && !file_exists(db_path))
		rc = clock_set(ws, o, o->rehearsal, e);
	if (!rc)
		rc = file_make_folder(o->home, 0700, e);
	if (!rc)
		rc = db_open(db_path, DB_CREATE, &ws->ctx.db, e);
	if (rc)
		return rc;
	report->created = store_is_fresh(ws);
	rc = report->created ? clock_set(ws, o, o->rehearsal, e) : version_check(ws, e);
	if (!rc && !report->created)
		rc = rehearsal_check(ws, o, e);
	/* An existing workspace had its key before its tables: another one would fit nothing. */
	if (!rc && report->created)
		rc = keys_make(o->home, &ws->arena, e);
	if (!rc)
		rc = keys_load(o->home, DB_WRITE, &ws->arena, &ws->key, e);
	if (!rc)
		rc = keys_publish(o->home, &ws->arena, &ws->key, e);
	if (!rc)
		rc = store_fit(ws, o, report, e);
	return rc ? rc : content_copy(ws, o, e);
}

enum err_code
workspace_init(const struct workspace_options *o, struct diags *diags,
	       struct workspace_report *report, struct err *e)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	enum err_code rc = workspace_new(&ws, e);

	if (rc)
		return rc;
	/* The caller's findings must outlive this workspace. */
	return init_parts(ws, o, diags, report, e);
}
