/* describe.h -- the description of the API in OpenAPI 3.1, made of the table of routes and a model.
 *
 * What is the same whatever the register is said once. Where a route is about the records of a
 * register, each register has a path and schemas of its own, so that who reads the description
 * knows its fields.
 */
#ifndef API_DESCRIBE_H
#define API_DESCRIBE_H

#include "model/model.h"

struct description {
	struct str text; /* JSON */
	struct str tag;	 /* as ETag has it: another text has another one */
};

/* In the arena; `pretty` is for people. ERR_TOO_BIG for a plan with more than can be said. */
MUST_CHECK enum err_code api_describe(const struct model *m, bool pretty, struct arena *a,
				      struct description *ret_description, struct err *e);

#endif
