/* schema.h -- what a User and a Group have (RFC 7643), as tables: what is taken, asked for, changed
 * and told to clients follows from them.
 *
 * Names of attributes are the same in any case. What a client may send that is not here is either
 * known and not kept, as Holdfast has no use for it, or unknown.
 */
#ifndef SCIM_SCHEMA_H
#define SCIM_SCHEMA_H

#include "base/err.h"
#include "codec/json.h"

#define SCIM_USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define SCIM_ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define SCIM_GROUP "urn:ietf:params:scim:schemas:core:2.0:Group"

enum scim_type { SCIM_STRING, SCIM_BOOLEAN, SCIM_COMPLEX, SCIM_REFERENCE, SCIM_INSTANT };
enum scim_change { SCIM_READ_WRITE, SCIM_READ_ONLY, SCIM_IMMUTABLE };

struct scim_attribute {
	const char *name;
	enum scim_type type;
	enum scim_change change;
	bool many;     /* a list of such */
	bool exact;    /* capitals and small letters differ */
	bool required; /* of whoever makes or replaces it */
	bool unique;
	const char *about;
	const struct scim_attribute *parts; /* of a complex one */
	size_t part_count;
};

struct scim_schema {
	const char *id;
	const char *name;
	const char *about;
	const struct scim_attribute *attributes;
	size_t count;
};

struct scim_kind {
	const char *name;
	const char *path; /* below the base */
	const char *about;
	const struct scim_schema *schema;
	const struct scim_schema *extension; /* NULL: none */
	const char *const *unkept;	     /* names, ended by NULL */
};

extern const struct scim_kind scim_users;
extern const struct scim_kind scim_groups;

/* What every resource has beside its schema's own, which Schemas do not list. */
extern const struct scim_attribute scim_common[];
enum { SCIM_COMMON = 3 };

/* What a name means: an attribute, perhaps a part of it. */
struct scim_name {
	const struct scim_schema *extension;	/* that it is of; NULL: of the resource itself */
	const struct scim_attribute *attribute; /* NULL: the extension as a whole */
	const struct scim_attribute *part;
};
enum scim_known { SCIM_UNKNOWN, SCIM_UNKEPT, SCIM_KNOWN };
/* "name.familyName", with the id of the schema before it or without. */
enum scim_known scim_name_read(const struct scim_kind *k, struct str text,
			       struct scim_name *ret_name);
/* One of a list, in any case; NULL when there is none. */
const struct scim_attribute *scim_attribute_find(const struct scim_attribute *list, size_t count,
						 struct str name);

/* Whether they are the same in any case of the letters A to Z. */
bool scim_same(struct str a, struct str b);

/* What stands in a resource, NULL when nothing does: of a part the attribute that has it. */
json_t *scim_get(const json_t *resource, const struct scim_name *name);
/* Takes the reference; NULL takes it away. */
void scim_set(json_t *resource, const struct scim_name *name, json_t *value);

/* A value for an attribute as clients may send it, checked: "True" is true, "x" is {"value": "x"},
 * one of a list is a list of one. *ret_value NULL when it is no value. A new reference. ERR_USAGE
 * with the scimType as field. */
MUST_CHECK enum err_code scim_value(const struct scim_attribute *at, const json_t *json,
				    json_t **ret_value, struct err *e);

/* What of a body can be written, as a resource: without what is not kept, and without what only
 * Holdfast writes. A new reference. */
MUST_CHECK enum err_code scim_clean(const struct scim_kind *k, const json_t *body,
				    json_t **ret_resource, struct err *e);

/* At most one of a list is the primary one; `at` is the one that is so from now on. */
void scim_primary(json_t *list, size_t at);

#endif
