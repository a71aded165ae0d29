#include "base/civil.h"
#include "base/limits.h"
#include "scim/scim_priv.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_LIMIT = 16777216, ERROR_LIMIT = 4096, TAG_DIGITS = 16, TAG_ROOM = 32 };

static void
json_release(void *json)
{
	json_decref(json);
}

json_t *
json_kept(struct arena *a, json_t *json)
{
	if (json)
		arena_defer(a, json_release, json);
	return json;
}

void
json_set_text(json_t *object, const char *name, struct str text)
{
	if (text.ptr)
		(void)json_object_set_new(object, name, json_stringn(text.ptr, text.len));
}

struct str
number_text(struct arena *a, int64_t number)
{
	char text[TAG_ROOM];

	(void)snprintf(text, sizeof(text), "%lld", (long long)number);
	return str_dup(a, str_of(text));
}

struct str
today_text(const struct ctx *ctx)
{
	char date[CIVIL_DATE_LEN + 1];

	civil_format_date(zone_date(ctx->zone, clock_now(&ctx->clock)), date);
	return str_dup(ctx->arena, str_of(date));
}

static int
dump_add(const char *bytes, size_t len, void *object)
{
	buf_add(object, bytes, len);
	return 0;
}

static enum err_code
dump(const json_t *json, size_t flags, struct buf *out, struct err *e)
{
	if (json_dump_callback(json, dump_add, out, flags) != 0 || out->failed)
		return err_set(e, ERR_TOO_BIG, "tooMany",
			       "the answer is longer than %zu bytes; ask for less", out->limit);
	return ERR_NONE;
}

enum err_code
scim_body(const json_t *answer, struct arena *a, struct str *ret_body, struct err *e)
{
	CLEANUP(buf_fini) struct buf out = {.limit = ANSWER_LIMIT};
	enum err_code rc = dump(answer, JSON_COMPACT, &out, e);

	if (!rc)
		*ret_body = str_dup(a, (struct str){out.data, out.len});
	return rc;
}

/* A weak tag: the same content has the same, wherever it was read. */
static enum err_code
tag_make(const struct at *at, const json_t *resource, struct str *ret_tag)
{
	CLEANUP(buf_fini) struct buf out = {.limit = ANSWER_LIMIT};
	char hex[HASH_HEX_LEN + 1], tag[TAG_ROOM];
	struct hash hash;
	enum err_code rc = dump(resource, JSON_COMPACT | JSON_SORT_KEYS, &out, &at->ctx->err);

	if (rc)
		return rc;
	hash = hash_of(at->ctx->hasher, out.data, out.len);
	hash_hex(&hash, hex);
	(void)snprintf(tag, sizeof(tag), "W/\"%.*s\"", TAG_DIGITS, hex);
	*ret_tag = str_dup(at->ctx->arena, str_of(tag));
	return ERR_NONE;
}

enum err_code
resource_seal(const struct at *at, const struct scim_kind *k, json_t *resource, struct str *ret_tag)
{
	json_t *meta = json_object_get(resource, "meta");
	struct str base = at->s->base;
	enum err_code rc = tag_make(at, resource, ret_tag);

	if (rc)
		return rc;
	json_set_text(meta, "version", *ret_tag);
	(void)json_object_set_new(meta, "location",
				  json_sprintf("%.*s%s/%s", STR_ARG(base), k->path,
					       json_string_value(json_object_get(resource, "id"))));
	return ERR_NONE;
}

/* RFC 9110 section 13.1.1, by weak comparison. */
enum err_code
tag_check(struct str match, struct str tag, struct err *e)
{
	struct str bare = {tag.ptr + 2, tag.len - 2};

	if (!match.ptr)
		return ERR_NONE;
	while (match.ptr) {
		struct str one = str_trim(str_cut(&match, ','));

		if (str_is(one, "*") || str_eq(one, tag) || str_eq(one, bare))
			return ERR_NONE;
	}
	return err_set(e, ERR_STALE, "",
		       "it was changed meanwhile: read it again, and send its version");
}

/* Whether a list of names has the attribute, or a part of it; with the schema's id or without. */
static bool
names_have(struct str names, const char *attribute, bool parts)
{
	size_t len = strlen(attribute);

	while (names.ptr) {
		struct str name = str_trim(str_cut(&names, ','));
		struct str first = name;

		if (scim_same(name, str_of(attribute)))
			return true;
		for (size_t i = name.len; i > 0; i--) {
			if (name.ptr[i - 1] == ':')
				first = (struct str){name.ptr + i, name.len - i};
			if (name.ptr[i - 1] == ':')
				break;
		}
		if (scim_same(first, str_of(attribute)))
			return true;
		if (parts && first.len > len && first.ptr[len] == '.' &&
		    scim_same((struct str){first.ptr, len}, str_of(attribute)))
			return true;
		/* Of an extension: its id goes before the name. */
		if (parts && name.len > len && name.ptr[len] == ':' &&
		    scim_same((struct str){name.ptr, len}, str_of(attribute)))
			return true;
	}
	return false;
}

bool
query_wants(const struct scim_query *q, const char *attribute)
{
	if (q->attributes.ptr)
		return names_have(q->attributes, attribute, true);
	return !names_have(q->excluded, attribute, false);
}

json_t *
resource_cut(const json_t *resource, const struct scim_query *q)
{
	json_t *cut = json_object();
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)resource, key, value)
	{
		if (strcmp(key, "id") == 0 || strcmp(key, "schemas") == 0 || query_wants(q, key))
			(void)json_object_set(cut, key, value);
	}
	return cut;
}

enum err_code
list_answer(const struct at *at, const struct scim_query *q, int64_t total, json_t *resources,
	    const json_t **ret_answer)
{
	json_t *answer = json_kept(
		at->ctx->arena,
		json_pack("{s:[s],s:I,s:I,s:I,s:o}", "schemas",
			  "urn:ietf:params:scim:api:messages:2.0:ListResponse", "totalResults",
			  (json_int_t)total, "startIndex", (json_int_t)q->start, "itemsPerPage",
			  (json_int_t)json_array_size(resources), "Resources", resources));

	if (!answer)
		return err_set(&at->ctx->err, ERR_INTERNAL, "", "no memory for a list");
	*ret_answer = answer;
	return ERR_NONE;
}

/* RFC 7644 table 9. */
static const char *
type_of(const struct err *e)
{
	static const char *const types[] = {
		"invalidFilter", "tooMany",  "uniqueness",   "mutability",  "invalidSyntax",
		"invalidPath",	 "noTarget", "invalidValue", "invalidVers", "sensitive"};

	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (strcmp(e->field, types[i]) == 0)
			return types[i];
	}
	if (e->code == ERR_CONFLICT)
		return "uniqueness";
	if (e->code == ERR_USAGE)
		return "invalidSyntax";
	return e->code == ERR_INVALID ? "invalidValue" : NULL;
}

int
scim_error(const struct err *e, struct arena *a, struct str *ret_body)
{
	CLEANUP(buf_fini) struct buf out = {.limit = ERROR_LIMIT};
	bool inside = e->code == ERR_IO || e->code == ERR_INTERNAL;
	int status = e->code == ERR_INVALID ? 400 : err_http_status(e->code);
	const char *type = type_of(e);
	char number[TAG_ROOM];
	struct json_writer w;

	(void)snprintf(number, sizeof(number), "%d", status);
	jw_begin(&w, &out, false);
	jw_object(&w);
	jw_key(&w, "schemas");
	jw_array(&w);
	jw_text(&w, str_of("urn:ietf:params:scim:api:messages:2.0:Error"));
	jw_end_array(&w);
	jw_key_text(&w, "status", str_of(number));
	if (type)
		jw_key_text(&w, "scimType", str_of(type));
	jw_key_text(&w, "detail",
		    str_of(inside ? "something went wrong inside; the server's log says what"
				  : e->message));
	jw_end_object(&w);
	*ret_body = str_dup(a, (struct str){out.data, out.failed ? 0 : out.len});
	return status;
}
