/* once.c -- a change that is made once, however often it is asked for: header Idempotency-Key.
 *
 * What was answered is kept for a day beside what was written, in the same transaction, so that
 * neither is there without the other. Only what was written is kept: what was refused changed
 * nothing, and may be tried again with the same key.
 */
#include "access/serve.h"
#include "api/call.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/model.h"
#include "record/note.h"
#include "sys/clock.h"

#include <string.h>

enum { PIECE_BYTES = 65536 };

static const char header[] = "Idempotency-Key";

/* One change with a key. */
struct once {
	struct call *c;
	const struct deed *d;
	char hash[HASH_HEX_LEN + 1]; /* of who asks, and the key */
	char request[HASH_HEX_LEN + 1];
	bool again; /* it was answered before */
};

enum err_code
call_check_key(struct call *c)
{
	struct str key = http_header(c->r, header);
	enum needs needs = c->route->needs;

	if (!key.ptr || (needs != NEEDS_WRITE && needs != NEEDS_ANYBODY))
		return ERR_NONE;
	if (!c->route->keyed)
		return err_set(&c->ctx.err, ERR_USAGE, header,
			       "this takes no Idempotency-Key, as its answer is not kept");
	if (text_is_printable(key, LIMIT_IDEMPOTENCY_KEY_BYTES))
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_USAGE, header,
		       "an Idempotency-Key has 1 to %d letters, digits and signs of ASCII",
		       LIMIT_IDEMPOTENCY_KEY_BYTES);
}

/* Neither an actor nor a header has a line's end in it, nor has a target. */
static void
line_add(struct hasher *h, struct str line)
{
	hasher_add(h, line.ptr, line.len);
	hasher_add(h, "\n", 1);
}

static void
hash_take(struct hasher *h, char out[HASH_HEX_LEN + 1])
{
	struct hash hash = hasher_end(h);

	hash_hex(&hash, out);
}

/* The bytes of the file that it brings, if it does. */
static enum err_code
upload_add(struct hasher *h, struct call *c)
{
	struct scratch *upload = c->r->upload;
	char *piece = arena_alloc(c->r->arena, upload ? PIECE_BYTES : 1);
	enum err_code rc = ERR_NONE;

	for (int64_t at = 0; !rc && upload && at < scratch_length(upload); at += PIECE_BYTES) {
		size_t len = PIECE_BYTES;

		rc = scratch_read(upload, at, piece, &len, &c->ctx.err);
		if (!rc)
			hasher_add(h, piece, len);
	}
	return rc;
}

static enum err_code
hashes_take(struct once *o)
{
	struct call *c = o->c;
	struct hasher *h = c->ctx.hasher;
	struct str tag = http_header(c->r, "If-Match");
	enum err_code rc;

	hasher_begin(h);
	line_add(h, c->ctx.actor);
	line_add(h, http_header(c->r, header));
	hash_take(h, o->hash);
	hasher_begin(h);
	line_add(h, str_of(http_method_name(c->r->method)));
	line_add(h, c->r->target);
	/* Of another version it is another change. */
	if (tag.ptr)
		line_add(h, tag);
	line_add(h, c->r->body);
	rc = upload_add(h, c);
	hash_take(h, o->request);
	return rc;
}

static enum err_code
old_remove(struct writer *w)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, "delete from kept_reply where made_at <= :before",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, writer_now(w) - LIMIT_KEPT_REPLY_SECONDS * INT64_C(1000));
	return db_run(s, &ctx->err);
}

/* What was read of a restricted register is noted each time that it is told. */
static enum err_code
reply_take(struct call *c, struct ctx *ctx, const struct db_stmt *s)
{
	struct arena *a = c->r->arena;

	c->reply->status = (int)db_int(s, 1);
	c->told = db_int(s, 2);
	http_reply_header(c->reply, "Location", str_dup(a, db_text(s, 3)));
	http_reply_header(c->reply, "ETag", str_dup(a, db_text(s, 4)));
	c->reply->body = str_dup(a, db_text(s, 5));
	c->reply->type = c->reply->body.len ? "application/json" : NULL;
	return c->told ? note_read(ctx, model_reg_of_id(ctx->model, c->told), &c->told, 1)
		       : ERR_NONE;
}

static enum err_code
kept_find(struct once *o, struct ctx *ctx)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select request, status, record, location, tag, body from "
				      "kept_reply where hash = :hash",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(o->hash));
	rc = db_step(s, &o->again, &ctx->err);
	if (rc || !o->again)
		return rc;
	if (!str_is(db_text(s, 0), o->request))
		return err_set(&ctx->err, ERR_REUSED, header,
			       "this Idempotency-Key came with another request before; take a new "
			       "one for each");
	return reply_take(o->c, ctx, s);
}

static struct str
header_of(struct http_reply *reply, const char *name)
{
	const struct str *value = http_reply_value(reply, name);

	return value ? *value : (struct str){0};
}

static enum err_code
keep(const struct once *o, struct writer *w)
{
	const struct call *c = o->c;
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc;

	if (c->out->failed || c->out->len > LIMIT_KEPT_REPLY_BYTES)
		return err_set(&ctx->err, ERR_TOO_BIG, header,
			       "the reply would be longer than the %d bytes that are kept; ask for "
			       "less at a time, or without a key",
			       LIMIT_KEPT_REPLY_BYTES);
	rc = db_prepare(ctx->db,
			"insert into kept_reply (hash, request, made_at, status, record, location, "
			"tag, body) values (:hash, :request, :made_at, :status, :record, "
			":location, :tag, :body)",
			&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(o->hash));
	db_bind_text(s, 2, str_of(o->request));
	db_bind_int(s, 3, writer_now(w));
	db_bind_int(s, 4, c->reply->status);
	db_bind_int(s, 5, c->told);
	db_bind_text(s, 6, header_of(c->reply, "Location"));
	db_bind_text(s, 7, header_of(c->reply, "ETag"));
	db_bind_text(s, 8, (struct str){c->out->len ? c->out->data : "", c->out->len});
	return db_run(s, &ctx->err);
}

/* In the writing thread, perhaps more than once; the call's own waits meanwhile. What is read is
 * noted as read by the caller. */
static enum err_code
once_begin(struct once *o, struct ctx *ctx)
{
	call_tell_anew(o->c);
	ctx->note = o->c->ctx.note;
	return kept_find(o, ctx);
}

static enum err_code
once_write(void *object, struct writer *w)
{
	struct once *o = object;
	struct ctx *ctx = writer_ctx(w);
	const struct ctx_note note = ctx->note;
	enum err_code rc = old_remove(w);

	if (!rc)
		rc = once_begin(o, ctx);
	if (!rc && !o->again) {
		rc = o->d->write(o->d->object, w);
		if (!rc && o->d->tell)
			rc = o->d->tell(o->c, ctx, o->d->object);
		if (!rc)
			rc = keep(o, w);
	}
	ctx->note = note;
	return rc;
}

/* Nothing is written. */
static enum err_code
once_look(void *object, struct writer *w)
{
	struct once *o = object;
	struct ctx *ctx = writer_ctx(w);
	const struct ctx_note note = ctx->note;
	enum err_code rc = once_begin(o, ctx);

	ctx->note = note;
	return rc;
}

/* What takes long is not done again for what was answered. */
static enum err_code
prepare(struct once *o)
{
	struct call *c = o->c;
	struct group_change look = {
		.actor = c->ctx.actor, .who = &c->who, .write = once_look, .object = o};
	bool keyed = http_header(c->r, header).ptr != NULL;
	enum err_code rc = keyed ? group_write(c->service->group, &look, &c->ctx.err) : ERR_NONE;

	return rc || o->again ? rc : o->d->prepare(c, o->d->object);
}

enum err_code
call_do(struct call *c, const struct deed *d)
{
	struct group_change change = {.actor = c->ctx.actor,
				      .who = &c->who,
				      .write = d->write,
				      .object = d->object,
				      .about = d->about};
	struct once once = {.c = c, .d = d};
	bool keyed = http_header(c->r, header).ptr != NULL;
	enum err_code rc = keyed ? hashes_take(&once) : ERR_NONE;

	if (rc)
		return rc;
	if (keyed) {
		change.write = once_write;
		change.object = &once;
	}
	ctx_away(&c->ctx);
	rc = d->prepare ? prepare(&once) : ERR_NONE;
	if (!rc && !once.again)
		rc = group_write(c->service->group, &change, &c->ctx.err);
	if (keyed)
		return rc;
	rc = ctx_back(&c->ctx, rc);
	if (rc || !d->tell)
		return rc;
	rc = call_see(c);
	return rc ? rc : d->tell(c, &c->ctx, d->object);
}
