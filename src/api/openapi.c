#include "api/routes.h"

enum err_code
openapi_show(struct call *c)
{
	jw_object(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}
