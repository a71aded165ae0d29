#include "api/service.h"

#include "access/serve.h"
#include "base/limits.h"
#include "record/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct service *
service_of(const struct http_request *r)
{
	return r->object;
}

/* What a thread keeps from one request to the next. */
struct reader {
	struct workspace *now;
	struct workspace *past; /* or NULL */
};

static enum err_code
reader_of(const struct http_request *r, struct reader **ret_reader, struct err *e)
{
	if (!*r->thread)
		*r->thread = calloc(1, sizeof(struct reader));
	*ret_reader = *r->thread;
	return *ret_reader ? ERR_NONE : err_set(e, ERR_INTERNAL, "", "no memory for a thread");
}

enum err_code
service_read(const struct http_request *r, struct ctx *ret_ctx, struct err *e)
{
	struct reader *reader;
	enum err_code rc = reader_of(r, &reader, e);

	if (!rc && !reader->now)
		rc = workspace_another(service_of(r)->ws, DB_READ, &reader->now, e);
	if (rc)
		return rc;
	*ret_ctx = *workspace_ctx(reader->now);
	ret_ctx->arena = r->arena;
	/* It may still be held to what the one before may see. */
	rc = ctx_serve_nobody(ret_ctx);
	if (rc)
		*e = ret_ctx->err;
	return rc;
}

/* Whether the connection at hand reads the instant that is asked for. What a day's end is goes by
 * the clock and by the plan of then. */
static bool
is_at(struct workspace *past, const struct moment *at)
{
	int64_t instant = at->kept;

	if (at->text.ptr && !past_instant(at->text, &instant))
		return false;
	return instant == workspace_ctx(past)->as_of;
}

static enum err_code
past_open_for(const struct http_request *r, const struct moment *at, const struct who *who,
	      struct workspace **ret_past, struct err *e)
{
	const struct workspace_options o = {
		.as_of = at->text.ptr ? str_z(r->arena, at->text) : NULL, .as_of_kept = at->kept};
	enum err_code rc = workspace_past(service_of(r)->ws, &o, who, ret_past, e);

	/* As the command line calls it. */
	if (rc && strcmp(e->field, "as-of") == 0)
		(void)snprintf(e->field, sizeof(e->field), "as_of");
	return rc;
}

enum err_code
service_past(const struct http_request *r, const struct moment *at, const struct who *who,
	     struct ctx *ret_ctx, struct err *e)
{
	struct reader *reader;
	enum err_code rc = reader_of(r, &reader, e);
	struct ctx ctx;

	if (!rc && (!reader->past || !is_at(reader->past, at))) {
		workspace_close(reader->past);
		reader->past = NULL;
		rc = past_open_for(r, at, who, &reader->past, e);
	}
	if (rc)
		return rc;
	ctx = *workspace_ctx(reader->past);
	ctx.arena = r->arena;
	rc = ctx_serve(&ctx, who);
	if (rc) {
		*e = ctx.err;
		return rc;
	}
	db_deadline(ctx.db, LIMIT_PAST_SECONDS * INT64_C(1000));
	*ret_ctx = ctx;
	return ERR_NONE;
}

void
service_thread_end(void *state)
{
	struct reader *reader = state;

	if (!reader)
		return;
	workspace_close(reader->now);
	workspace_close(reader->past);
	free(reader);
}
