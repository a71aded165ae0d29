#include "api/service.h"

struct service *
service_of(const struct http_request *r)
{
	return r->object;
}

enum err_code
service_read(const struct http_request *r, struct ctx *ret_ctx, struct err *e)
{
	if (!*r->thread) {
		struct workspace *reader = NULL;
		enum err_code rc = workspace_another(service_of(r)->ws, DB_READ, &reader, e);

		if (rc)
			return rc;
		*r->thread = reader;
	}
	*ret_ctx = *workspace_ctx(*r->thread);
	ret_ctx->arena = r->arena;
	return ERR_NONE;
}

void
service_thread_end(void *state)
{
	workspace_close(state);
}
