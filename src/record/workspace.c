#include "record/workspace_priv.h"

#include "base/civil.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "model/ahead.h"
#include "record/keys.h"
#include "record/migrate.h"
#include "record/plans.h"
#include "record/writer.h"
#include "store/find.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MODEL_MEMORY = 64 * 1024 * 1024,
	WORK_MEMORY = 512 * 1024 * 1024,
	ACTOR_SIZE = 128,
	ACCOUNT_SIZE = 4096
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

enum err_code
workspace_place(const char *home, struct arena *a, const char **ret_where, struct err *e)
{
	return place_read(home, a, ret_where, e);
}

const char *
workspace_beside(const struct workspace *ws, const char *name, struct arena *a)
{
	const char *slash = ws->where ? strrchr(ws->where, '/') : NULL;
	size_t folder = slash ? (size_t)(slash - ws->where) + 1 : 0;
	size_t len = strlen(name);
	char *path;

	if (!ws->where || db_is_remote(ws->where))
		return NULL;
	path = arena_alloc(a, folder + len + 1);
	memcpy(path, ws->where, folder);
	memcpy(path + folder, name, len + 1);
	return path;
}

enum err_code
workspace_furnish(const struct workspace *ws, const char *home, const char *store, bool secret,
		  struct err *e)
{
	const struct workspace_options o = {.home = home, .store = store};
	struct arena *a = ws->ctx.arena;
	enum err_code rc = place_write(&o, a, e);

	if (!rc && secret && ws->key.has_secret)
		rc = keys_save(home, a, &ws->key, e);
	if (!rc)
		rc = keys_publish(home, a, &ws->key, e);
	return rc ? rc : content_save(home, ws->ctx.model, a, e);
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
	const struct db_find f = {"select value from meta where name = :name",
				  {db_of_text(str_of(name))}};

	return db_find_text(db, &f, a, ret_value, e);
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

/* Threads open workspaces at the same time. */
static struct str
shell_actor(struct arena *a)
{
	char *text = arena_alloc(a, ACTOR_SIZE);
	char room[ACCOUNT_SIZE];
	struct passwd account;
	struct passwd *who = NULL;

	if (getpwuid_r(getuid(), &account, room, sizeof(room), &who) != 0)
		who = NULL;
	(void)snprintf(text, ACTOR_SIZE, "%s@shell", who ? who->pw_name : "unknown");
	return str_of(text);
}

enum err_code
workspace_new(struct workspace **ret_ws, struct err *e)
{
	struct workspace *ws = calloc(1, sizeof(*ws));
	enum err_code rc;

	if (!ws)
		return err_set(e, ERR_INTERNAL, "", "no memory for a workspace");
	arena_init_large(&ws->model_arena, MODEL_MEMORY);
	arena_init(&ws->arena, WORK_MEMORY);
	ws->ctx.arena = &ws->arena;
	ws->ctx.actor = shell_actor(&ws->arena);
	rc = hasher_new(&ws->ctx.hasher, e);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}

enum err_code
workspace_attach(struct workspace *ws, struct err *e)
{
	enum err_code rc = ERR_NONE;

	if (!ws->ctx.zone)
		rc = zone_load(ws->ctx.model->plan.time_zone, &ws->model_arena, &ws->ctx.zone, e);
	if (rc)
		return rc;
	rc = db_set_zone(ws->ctx.db, ws->ctx.zone, e);
	return rc ? rc : ledger_open(ws->ctx.db, &ws->key, ws->ctx.hasher, &ws->ctx.ledger, e);
}

enum err_code
workspace_clock_set(struct workspace *ws, const struct workspace_options *o, bool allowed,
		    struct err *e)
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

enum err_code
workspace_version_check(struct workspace *ws, struct err *e)
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

enum err_code
workspace_finished_check(struct workspace *ws, struct err *e)
{
	struct str copying = {0};
	enum err_code rc = meta_get(ws->ctx.db, META_UNFINISHED, &ws->arena, &copying, e);

	if (!rc && copying.ptr)
		rc = err_set(e, ERR_MISSING, "store",
			     "a workspace was being copied to this store and that is not finished; "
			     "wait for it, or repeat 'holdfast copy' or 'holdfast restore'");
	return rc;
}

enum err_code
workspace_is_fresh(struct workspace *ws, bool *ret_fresh, struct err *e)
{
	/* The first that is made. */
	enum err_code rc = schema_check_table(ws->ctx.db, &kernel_tables[0], e);

	*ret_fresh = rc == ERR_MISSING;
	return *ret_fresh ? ERR_NONE : rc;
}

enum err_code
workspace_rehearsal_check(struct workspace *ws, const struct workspace_options *o, struct err *e)
{
	struct str rehearsal = {0};
	enum err_code rc = meta_get(ws->ctx.db, "rehearsal", &ws->arena, &rehearsal, e);

	return rc ? rc : workspace_clock_set(ws, o, rehearsal.ptr != NULL, e);
}

/* Somebody else who shares the store took another plan in. Where the folder's is an older one of
 * the store, and so no change by hand, the store's own is used. */
static enum err_code
plan_follow(struct workspace *ws, const char *mine, struct str wanted, struct err *e)
{
	const struct model *old = NULL;
	struct err none = {0};

	if (plan_load(ws->ctx.db, str_of(mine), &ws->model_arena, &old, &none))
		return ERR_CONFLICT;
	return plan_load(ws->ctx.db, wanted, &ws->model_arena, &ws->ctx.model, e);
}

static enum err_code
store_check(struct workspace *ws, const struct workspace_options *o, bool shared, struct err *e)
{
	struct str plan = {0};
	char hex[HASH_HEX_LEN + 1];
	enum err_code rc = meta_get(ws->ctx.db, "plan_hash", &ws->arena, &plan, e);

	if (rc)
		return rc;
	hash_hex(&ws->ctx.model->hash, hex);
	if (!str_is(plan, hex))
		rc = shared ? plan_follow(ws, hex, plan, e) : ERR_CONFLICT;
	if (rc == ERR_CONFLICT)
		return err_set(
			e, ERR_CONFLICT, "",
			"the plan in '%s/content' is not the one that was taken in; run 'holdfast "
			"init --home %s --content %s/content' to take in the change",
			o->home, o->home, o->home);
	return rc ? rc : workspace_rehearsal_check(ws, o, e);
}

static enum err_code
open_parts(struct workspace *ws, const struct workspace_options *o, enum db_access access,
	   struct err *e)
{
	struct model_source from = content_source(o->home, &ws->arena);
	CLEANUP(ahead_endp) struct ahead *ahead = model_ahead(&from, &ws->model_arena);
	const char *where = NULL;
	struct diags diags;
	bool fresh = false;
	enum err_code rc = place_read(o->home, &ws->arena, &where, e);

	from.ahead = ahead;
	diag_init(&diags, &ws->model_arena);
	ws->where = where;
	if (!rc)
		rc = db_open(where, access, &ws->ctx.db, e);
	if (!rc)
		rc = workspace_is_fresh(ws, &fresh, e);
	if (!rc && fresh && db_is_remote(where))
		return err_set(e, ERR_MISSING, "store",
			       "the database has no tables of Holdfast any more, or none yet: "
			       "restore a backup, or, if it was never finished, repeat 'holdfast "
			       "init --home %s'",
			       o->home);
	if (!rc && fresh)
		return err_set(e, ERR_MISSING, "home",
			       "the workspace in '%s' was never finished; repeat 'holdfast init "
			       "--home %s'",
			       o->home, o->home);
	if (!rc && !o->unfinished)
		rc = workspace_finished_check(ws, e);
	if (!rc)
		rc = workspace_version_check(ws, e);
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
		rc = store_check(ws, o, db_is_remote(where), e);
	if (!rc && (o->as_of || o->as_of_kept))
		rc = past_open(&ws->ctx, o, NULL, &ws->model_arena, e);
	return rc ? rc : workspace_attach(ws, e);
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

/* Whatever becomes of it, the caller closes it. */
static enum err_code
open_another(const struct workspace *of, enum db_access access, struct workspace **ret_ws,
	     struct err *e)
{
	enum err_code rc = workspace_new(ret_ws, e);
	struct workspace *ws = *ret_ws;

	if (rc)
		return rc;
	ws->ctx.model = of->ctx.model;
	ws->ctx.zone = of->ctx.zone;
	ws->ctx.clock = of->ctx.clock;
	ws->key = of->key;
	ws->where = of->where;
	if (access == DB_READ)
		note_key_wipe(&ws->key);
	rc = db_open(of->where, access, &ws->ctx.db, e);
	/* Who reads for others must not make them wait. */
	if (!rc && access == DB_READ)
		db_hurry(ws->ctx.db);
	return rc;
}

enum err_code
workspace_another(const struct workspace *of, enum db_access access, struct workspace **ret_ws,
		  struct err *e)
{
	struct workspace *ws = NULL;
	enum err_code rc = open_another(of, access, &ws, e);

	if (!rc)
		rc = workspace_attach(ws, e);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}

enum err_code
workspace_past(const struct workspace *of, const struct workspace_options *o, const struct who *who,
	       struct workspace **ret_ws, struct err *e)
{
	struct workspace *ws = NULL;
	enum err_code rc = open_another(of, DB_READ, &ws, e);

	if (!rc)
		rc = past_open(&ws->ctx, o, who, &ws->model_arena, e);
	if (!rc)
		rc = workspace_attach(ws, e);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}

enum err_code
workspace_scratch(const char *store, const struct model *model, int64_t now_ms,
		  struct workspace **ret_ws, struct err *e)
{
	struct workspace_report report = {.changes = {.limit = LIMIT_PLAN_FILE_BYTES}};
	struct workspace *ws = NULL;
	struct db_txn txn = {0};
	enum err_code rc = workspace_new(&ws, e);

	if (!rc) {
		ws->ctx.model = model;
		ws->ctx.clock.fixed_ms = now_ms;
		rc = db_open(store ? store : ":memory:", DB_SCRATCH, &ws->ctx.db, e);
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
		rc = workspace_attach(ws, e);
	db_txn_end(&txn);
	buf_fini(&report.changes);
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	*ret_ws = ws;
	return ERR_NONE;
}
