#include "api/service.h"

#include "access/serve.h"

struct service *
service_of(const struct http_request *r)
{
	return r->object;
}

enum err_code
service_read(const struct http_request *r, struct ctx *ret_ctx, struct err *e)
{
	enum err_code rc;

	if (!*r->thread) {
		struct workspace *reader = NULL;

		rc = workspace_another(service_of(r)->ws, DB_READ, &reader, e);
		if (rc)
			return rc;
		*r->thread = reader;
	}
	*ret_ctx = *workspace_ctx(*r->thread);
	ret_ctx->arena = r->arena;
	/* It may still be held to what the one before may see. */
	rc = ctx_serve_nobody(ret_ctx);
	if (rc)
		*e = ret_ctx->err;
	return rc;
}

void
service_thread_end(void *state)
{
	workspace_close(state);
}
