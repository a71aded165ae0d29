/* scim.h -- SCIM 2.0 (RFC 7643, 7644): an organisation's directory of people keeps its logins, and
 * the people and roles that they stand for (docs/scim.md).
 *
 * A User is a login, and the person of it; a Group is a role of the plan, whose members are those
 * who were given it. Nothing here knows of HTTP: what comes in and goes out is JSON. People and
 * roles are written as records by whom the token serves, within his rights; logins by identity/.
 *
 * Errors: ERR_USAGE has the scimType as its field. scim_error makes the answer of any.
 */
#ifndef SCIM_SCIM_H
#define SCIM_SCIM_H

#include "identity/directory.h"
#include "scim/schema.h"

struct scim {
	struct visit visit; /* its context serves `who`, on a connection that shows logins */
	const struct who *who;
	struct str base; /* "https://host/scim/v2" */
};

/* What of a resource is wanted, and which of them. */
struct scim_query {
	struct str filter;
	struct str attributes; /* names, parted by commas; {NULL, 0}: all */
	struct str excluded;
	int64_t start; /* from 1 */
	int64_t count; /* -1: as many as there are on a page */
};

/* Answers are JSON that lives in the context's arena. Within a read transaction. */
MUST_CHECK enum err_code scim_list(const struct scim *s, const struct scim_kind *k,
				   const struct scim_query *q, const json_t **ret_answer);
struct scim_shown {
	const json_t *json;
	struct str tag; /* its ETag */
	struct str location;
};
/* ERR_MISSING for what is not there, or not for this directory. */
MUST_CHECK enum err_code scim_show(const struct scim *s, const struct scim_kind *k, struct str id,
				   const struct scim_query *q, struct scim_shown *ret_shown);

enum scim_write { SCIM_MAKE, SCIM_REPLACE, SCIM_PATCH, SCIM_REMOVE };

struct scim_edit {
	const struct scim *s;
	const struct scim_kind *kind;
	enum scim_write write;
	struct str id;	  /* set by SCIM_MAKE */
	struct str match; /* of If-Match; {NULL, 0}: whatever it is like */
	const json_t *body;
};
/* For struct group_change, whose `who` is that of the request. */
MUST_CHECK enum err_code scim_edit_write(void *edit, struct writer *w);

/* What clients ask first. ERR_MISSING where `id` is given and is none. */
MUST_CHECK enum err_code scim_provider(const struct scim *s, const json_t **ret_answer);
MUST_CHECK enum err_code scim_resource_types(const struct scim *s, struct str id,
					     const json_t **ret_answer);
MUST_CHECK enum err_code scim_schemas(const struct scim *s, struct str id,
				      const json_t **ret_answer);

/* The status, and the body, of an error. */
int scim_error(const struct err *e, struct arena *a, struct str *ret_body);
/* Text of an answer, in the arena. */
MUST_CHECK enum err_code scim_body(const json_t *answer, struct arena *a, struct str *ret_body,
				   struct err *e);

#endif
