#include "record/writer_priv.h"

#include "access/grant.h"
#include "base/civil.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "record/note.h"
#include "store/find.h"

static enum err_code
event_number(struct writer *w)
{
	const struct db_find f = {"select max(id) from event", {{0}}};
	int64_t last = 0;
	enum err_code rc = db_find_int(w->ctx->db, &f, &last, NULL, &w->ctx->err);

	if (rc)
		return rc;
	w->next_event = last + 1;
	return db_prepare(w->ctx->db,
			  "insert into event (id, kind, at, actor, detail, leaf) "
			  "values (:id, :kind, :at, :actor, :detail, :leaf)",
			  &w->insert_event, &w->ctx->err);
}

static enum err_code
event_put(struct writer *w, const struct event *ev)
{
	struct db_stmt *s = w->insert_event;
	int64_t leaf = 0;
	enum err_code rc;

	w->entry.len = 0;
	w->entry.failed = false;
	event_entry(ev, &w->entry);
	if (w->entry.failed || w->entry.len > LIMIT_ENTRY_BYTES)
		return err_set(&w->ctx->err, ERR_TOO_BIG, "",
			       "the event is longer than %d bytes altogether", LIMIT_ENTRY_BYTES);
	rc = leaf_take(w, &leaf);
	if (rc)
		return rc;
	db_bind_int(s, 1, ev->id);
	db_bind_text(s, 2, ev->kind);
	db_bind_int(s, 3, ev->at);
	db_bind_int(s, 4, w->ctx->actor_id);
	db_bind_text(s, 5, ev->detail);
	db_bind_int(s, 6, leaf);
	rc = db_run(s, &w->ctx->err);
	if (rc)
		return rc;
	w->halfway = true;
	w->next_event++;
	return entry_seal(w, ev->id, 1);
}

enum err_code
writer_event(struct writer *w, const char *kind, struct str detail)
{
	struct event ev = {
		.at = w->now, .kind = str_of(kind), .actor = w->ctx->actor, .detail = detail};
	enum err_code rc = step_begin(w);

	if (!rc && !w->insert_event)
		rc = event_number(w);
	if (rc)
		return rc;
	ev.id = w->next_event;
	return step_end(w, event_put(w, &ev));
}

enum err_code
note_event(struct ctx *ctx, const char *kind, struct str detail)
{
	WRITER *w = NULL;
	enum err_code rc;

	if (ctx->note.note)
		return ctx->note.note(ctx->note.object, kind, detail, &ctx->err);
	if (ctx->who)
		return err_set(&ctx->err, ERR_INTERNAL, "",
			       "nobody notes in the ledger what is read, so nothing is given");
	rc = writer_begin(ctx, &w);
	if (!rc)
		rc = writer_event(w, kind, detail);
	return rc ? rc : writer_commit(w);
}

enum err_code
note_read(struct ctx *ctx, const struct reg *r, const int64_t *ids, size_t count)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = LIMIT_ENTRY_BYTES};
	const struct reg *now = ctx->who ? grant_reg(ctx->model, ctx->who, r) : NULL;
	char name[RECORD_NAME_SIZE];
	char as_of[CIVIL_INSTANT_LEN + 1];

	if (!now || !now->restricted)
		return ERR_NONE;
	civil_format_instant(ctx->as_of, as_of);
	buf_addf(&detail, "{");
	if (ctx->as_of)
		buf_addf(&detail, "\"as_of\":\"%s\",", as_of);
	buf_addf(&detail, "\"records\":[");
	for (size_t i = 0; i < count; i++) {
		record_name(ctx->model, ids[i], name);
		buf_addf(&detail, "%s\"%s\"", i ? "," : "", name);
	}
	buf_addf(&detail, "],\"register\":\"%s\"}", r->name);
	if (detail.failed)
		return err_set(&ctx->err, ERR_TOO_BIG, "limit",
			       "too many restricted records are read at once; ask for fewer");
	return note_event(ctx, "read", (struct str){detail.data, detail.len});
}
