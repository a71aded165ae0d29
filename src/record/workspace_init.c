#include "record/workspace_priv.h"

#include "base/limits.h"
#include "codec/json.h"
#include "ledger/ledger.h"
#include "model/changes.h"
#include "record/keys.h"
#include "record/migrate.h"
#include "record/plans.h"
#include "record/writer.h"
#include "sys/file.h"
#include "sys/folder.h"

#include <stdio.h>
#include <string.h>

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
	if (!rc && fresh && o->filler)
		rc = meta_set(ws->ctx.db, o->filler, str_of(META_BEGUN), e);
	return rc;
}

/* A store of a format before plans were kept has its present one in the folder still, unless that
 * was changed. */
static enum err_code
older_plan_keep(struct workspace *ws, const struct workspace_options *o, struct str hash,
		struct err *e)
{
	struct model_source from = content_source(o->home, &ws->arena);
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
 * can part the two, and another process may be about to say the same. */
static enum err_code
event_write(struct workspace *ws, const char *hex, struct workspace_report *report)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = 2 * LIMIT_ENTRY_BYTES};
	struct plan_taken last = {0};
	json_t *changes;
	WRITER *w = NULL;
	struct err *e = &ws->ctx.err;
	enum err_code rc = writer_begin(&ws->ctx, &w);

	if (!rc)
		rc = plan_in_force(ws->ctx.db, INT64_MAX, &ws->arena, &last, e);
	if (rc || str_is(last.hash, hex))
		return rc;
	changes = changes_find(ws, &last, &report->changes);
	rc = plan_taken_detail(ws->ctx.model, changes, &detail, e);
	json_decref(changes);
	if (!rc)
		rc = writer_event(w, "plan_taken_in", (struct str){detail.data, detail.len});
	if (!rc)
		rc = writer_commit(w);
	report->plan_changed = report->plan_changed || !rc;
	return rc;
}

static enum err_code
store_look(struct workspace *ws, const struct workspace_options *o, struct workspace_report *report,
	   struct err *e)
{
	enum err_code rc = workspace_is_fresh(ws, &report->created, e);

	if (rc)
		return rc;
	if (report->created)
		return workspace_clock_set(ws, o, o->rehearsal, e);
	report->joined = o->store && !file_is_folder(file_join(&ws->arena, o->home, "content"));
	rc = workspace_finished_check(ws, e);
	if (!rc)
		rc = workspace_version_check(ws, e);
	return rc ? rc : workspace_rehearsal_check(ws, o, e);
}

/* A new store gets a key; an existing one had its key before its tables: another one would fit
 * nothing. */
static enum err_code
keys_fit(struct workspace *ws, const struct workspace_options *o, bool created, struct err *e)
{
	const char *path = file_join(&ws->arena, o->home, "ledger.key");
	enum err_code rc = created ? keys_make(o->home, &ws->arena, e) : ERR_NONE;

	if (!created && o->store && !file_exists(path))
		return err_set(e, ERR_MISSING, "store",
			       "this store belongs to another workspace folder already; to use it "
			       "from '%s' too, copy that folder's ledger.key there and repeat",
			       o->home);
	if (!rc)
		rc = keys_load(o->home, DB_WRITE, &ws->arena, &ws->key, e);
	return rc ? rc : keys_publish(o->home, &ws->arena, &ws->key, e);
}

/* Who joins a store and names no plan takes the one that it has. */
static enum err_code
plan_join(struct workspace *ws, struct str hash, struct err *e)
{
	enum err_code rc = plan_load(ws->ctx.db, hash, &ws->model_arena, &ws->ctx.model, e);

	/* The zone is the plan's. */
	ws->ctx.zone = NULL;
	return rc;
}

/* Tables, then the plan's hash, in one transaction; then an event says so. */
static enum err_code
store_fit(struct workspace *ws, const struct workspace_options *o, struct workspace_report *report,
	  struct err *e)
{
	DB_TXN txn = {0};
	struct checkpoint head;
	char hex[HASH_HEX_LEN + 1];
	struct str known = {0};
	enum err_code rc;

	/* Whoever makes it at the same time waits here, and then finds it made. */
	rc = db_begin(ws->ctx.db, &txn, e);
	if (!rc)
		rc = store_look(ws, o, report, e);
	if (!rc)
		rc = keys_fit(ws, o, report->created, e);
	if (!rc && !report->created)
		rc = meta_get(ws->ctx.db, "plan_hash", &ws->arena, &known, e);
	if (!rc && report->joined && !o->content_named)
		rc = plan_join(ws, known, e);
	hash_hex(&ws->ctx.model->hash, hex);
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
		rc = workspace_attach(ws, e);
	/* A key that is not this ledger's shows at its newest signature. */
	if (!rc)
		rc = ledger_head(ws->ctx.ledger, &head, e);
	if (rc)
		return rc;
	rc = event_write(ws, hex, report);
	if (rc)
		*e = ws->ctx.err;
	return rc;
}

/* A workspace may come to know its server by another name. */
static enum err_code
other_store_check(struct workspace *ws, const struct workspace_options *o, struct err *e)
{
	const char *known = NULL;
	bool fresh = false;
	enum err_code rc = place_read(o->home, &ws->arena, &known, e);

	if (!rc && strcmp(known, o->store) != 0)
		rc = workspace_is_fresh(ws, &fresh, e);
	if (fresh)
		rc = err_set(e, ERR_CONFLICT, "store",
			     "'%s' has its store elsewhere, and this one is empty; 'holdfast copy' "
			     "takes a workspace to another store",
			     o->home);
	return rc;
}

/* Opening a server's store for making puts our functions there: those of a newer program must not
 * be replaced. */
static enum err_code
server_look(struct workspace *ws, const char *where, struct err *e)
{
	bool fresh = false;
	enum err_code rc = db_open(where, DB_WRITE, &ws->ctx.db, e);

	if (!rc)
		rc = workspace_is_fresh(ws, &fresh, e);
	if (!rc && !fresh)
		rc = workspace_version_check(ws, e);
	ws->version = 0;
	db_close(ws->ctx.db);
	ws->ctx.db = NULL;
	return rc;
}

static enum err_code
init_parts(struct workspace *ws, const struct workspace_options *o, struct diags *diags,
	   struct workspace_report *report, struct err *e)
{
	struct model_source from = {.content = o->content, .plan = o->plan};
	const char *where = NULL;
	bool is_new = false;
	bool roles = true;
	FOLDER_LOCK lock = -1;
	enum err_code rc = model_load(&from, &ws->model_arena, diags, &ws->ctx.model, e);

	/* Before a folder is made for nothing, or the store takes in what cannot be used. */
	if (!rc)
		rc = zone_load(ws->ctx.model->plan.time_zone, &ws->model_arena, &ws->ctx.zone, e);
	if (!rc)
		rc = place_choose(o, &ws->arena, &where, &is_new, e);
	if (!rc && is_new)
		rc = workspace_clock_set(ws, o, o->rehearsal, e);
	if (!rc && db_is_remote(where))
		rc = server_look(ws, where, e);
	if (!rc)
		rc = folder_lock(o->home, 0700, LIMIT_BUSY_SECONDS, &lock, e);
	if (!rc)
		rc = db_open(where, DB_CREATE, &ws->ctx.db, e);
	if (!rc && !is_new && o->store)
		rc = other_store_check(ws, o, e);
	/* Only a place that answers is remembered. */
	if (!rc)
		rc = place_write(o, &ws->arena, e);
	if (!rc)
		rc = store_fit(ws, o, report, e);
	if (!rc)
		rc = db_roles(ws->ctx.db, &roles, e);
	report->roles_missing = !roles;
	return rc ? rc : content_save(o->home, ws->ctx.model, &ws->arena, e);
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
