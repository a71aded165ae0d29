/* describe_priv.h -- what the parts of the description share; private to the API.
 *
 * Types stand in tables as words: text, int, bool, instant, object, null, words parted by `|` of
 * which it is one, or the name of a schema; with `?` after it when it may be null, with `[]` for a
 * list. A member is "name type", with `+` after the name when it is not always there.
 */
#ifndef API_DESCRIBE_PRIV_H
#define API_DESCRIBE_PRIV_H

#include "api/call.h"

struct describer {
	struct json_writer w;
	struct buf out;
	struct arena scratch; /* for names */
	const struct model *model;
};

/* A name made of parts, such as that of a schema: "page_%s". */
const char *describe_name(struct describer *d, const char *format, ...) PRINTF(2, 3);

/* "name": "text", and the beginning of "name": { and of "name": [ */
void describe_text(struct describer *d, const char *name, const char *text);
void describe_object(struct describer *d, const char *name);
void describe_list(struct describer *d, const char *name);
/* A header of a reply, which it always has or may have; between describe_object "headers" and its
 * end. */
void describe_header(struct describer *d, const char *name, const char *about, bool always);
/* "$ref" to something of the description, such as ("schemas", "plan"). */
void describe_ref(struct describer *d, const char *kind, const char *name);

/* "type": "string", or ["string", "null"]. */
void describe_type(struct describer *d, const char *type, bool nullable);
void describe_instant(struct describer *d, bool nullable);
/* A whole schema, for a type as the tables write it. */
void describe_word(struct describer *d, struct str type);

/* The inside of a schema of an object with these members; "properties" is left open for more. */
void describe_members(struct describer *d, const char *const *members, size_t count);

/* "type": {"schema": { and its end; the same as all there is in "content". */
void describe_media(struct describer *d, const char *type);
void describe_media_end(struct describer *d);
void describe_content(struct describer *d, const char *type);
void describe_content_end(struct describer *d);

/* schemas.c: the members of "schemas" in the components; record_schemas.c: those of the registers.
 */
void describe_schemas(struct describer *d);
void describe_records(struct describer *d);
/* Names of fields that must be given of a new record, as "required". */
void describe_required(struct describer *d, const struct reg *r);

/* problems.c: "responses" in the components, for all refusals there are, and those of one route,
 * which are members of its own "responses". A status that no error has is not there. */
void describe_problems(struct describer *d);
void describe_refusals(struct describer *d, const struct api_route *r);
/* Whether it changes a version that must be named. */
bool describe_needs_tag(const struct api_route *r);

/* operations.c: "paths" */
void describe_paths(struct describer *d);

#endif
