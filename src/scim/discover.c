/* discover.c -- what clients ask first: what there is, and what of it can be done. */
#include "base/limits.h"
#include "scim/scim_priv.h"

static enum err_code
answer(const struct scim *s, json_t *json, const json_t **ret_answer)
{
	*ret_answer = json_kept(s->visit.ctx->arena, json);
	return json ? ERR_NONE
		    : err_set(&s->visit.ctx->err, ERR_INTERNAL, "", "no memory for an answer");
}

static void
meta_set(const struct scim *s, json_t *json, const char *type, const char *path)
{
	(void)json_object_set_new(json, "meta",
				  json_pack("{s:s,s:o}", "resourceType", type, "location",
					    json_sprintf("%.*s/%s", STR_ARG(s->base), path)));
}

enum err_code
scim_provider(const struct scim *s, const json_t **ret_answer)
{
	json_t *json = json_pack(
		"{s:[s],s:{s:b},s:{s:b,s:i,s:i},s:{s:b,s:i},s:{s:b},s:{s:b},s:{s:b},"
		"s:[{s:s,s:s,s:s}]}",
		"schemas", "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig", "patch",
		"supported", 1, "bulk", "supported", 0, "maxOperations", 0, "maxPayloadSize", 0,
		"filter", "supported", 1, "maxResults", LIMIT_SCIM_PAGE, "changePassword",
		"supported", 0, "sort", "supported", 0, "etag", "supported", 1,
		"authenticationSchemes", "type", "oauthbearertoken", "name", "Token", "description",
		"A token for SCIM, which an administrator makes, in the header Authorization.");

	meta_set(s, json, "ServiceProviderConfig", "ServiceProviderConfig");
	return answer(s, json, ret_answer);
}

static json_t *
list(json_t *resources)
{
	return json_pack("{s:[s],s:I,s:I,s:I,s:o}", "schemas",
			 "urn:ietf:params:scim:api:messages:2.0:ListResponse", "totalResults",
			 (json_int_t)json_array_size(resources), "startIndex", (json_int_t)1,
			 "itemsPerPage", (json_int_t)json_array_size(resources), "Resources",
			 resources);
}

/* The one with that id, or all of them. */
static enum err_code
chosen(const struct scim *s, json_t *all, struct str id, const json_t **ret_answer)
{
	if (!id.ptr)
		return answer(s, list(all), ret_answer);
	(void)json_kept(s->visit.ctx->arena, all);
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *one = json_array_get(all, i);

		if (str_eq(json_str(json_object_get(one, "id")), id)) {
			*ret_answer = one;
			return ERR_NONE;
		}
	}
	return err_set(&s->visit.ctx->err, ERR_MISSING, "", "there is no such thing");
}

static json_t *
resource_type(const struct scim *s, const struct scim_kind *k)
{
	json_t *type = json_pack("{s:[s],s:s,s:s,s:s,s:s,s:s}", "schemas",
				 "urn:ietf:params:scim:schemas:core:2.0:ResourceType", "id",
				 k->name, "name", k->name, "endpoint", k->path, "description",
				 k->about, "schema", k->schema->id);
	CLEANUP(buf_fini) struct buf path = {.limit = 256};

	if (k->extension)
		(void)json_object_set_new(
			type, "schemaExtensions",
			json_pack("[{s:s,s:b}]", "schema", k->extension->id, "required", 0));
	buf_addf(&path, "ResourceTypes/%s", k->name);
	meta_set(s, type, "ResourceType", path.data);
	return type;
}

enum err_code
scim_resource_types(const struct scim *s, struct str id, const json_t **ret_answer)
{
	json_t *all = json_array();

	(void)json_array_append_new(all, resource_type(s, &scim_users));
	(void)json_array_append_new(all, resource_type(s, &scim_groups));
	return chosen(s, all, id, ret_answer);
}

static json_t *attributes(const struct scim_attribute *list, size_t count);

static json_t *
attribute(const struct scim_attribute *at)
{
	static const char *const types[] = {[SCIM_STRING] = "string",
					    [SCIM_BOOLEAN] = "boolean",
					    [SCIM_COMPLEX] = "complex",
					    [SCIM_REFERENCE] = "reference",
					    [SCIM_INSTANT] = "dateTime"};
	static const char *const changes[] = {[SCIM_READ_WRITE] = "readWrite",
					      [SCIM_READ_ONLY] = "readOnly",
					      [SCIM_IMMUTABLE] = "immutable"};
	json_t *json = json_pack("{s:s,s:s,s:b,s:s,s:b,s:b,s:s,s:s,s:s}", "name", at->name, "type",
				 types[at->type], "multiValued", at->many, "description",
				 at->about ? at->about : "", "required", at->required, "caseExact",
				 at->exact, "mutability", changes[at->change], "returned",
				 "default", "uniqueness", at->unique ? "server" : "none");

	if (at->part_count > 0)
		(void)json_object_set_new(json, "subAttributes",
					  attributes(at->parts, at->part_count));
	if (at->type == SCIM_REFERENCE)
		(void)json_object_set_new(json, "referenceTypes",
					  json_pack("[ss]", "User", "Group"));
	return json;
}

static json_t *
attributes(const struct scim_attribute *all, size_t count)
{
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(json, attribute(&all[i]));
	return json;
}

static json_t *
schema(const struct scim *s, const struct scim_schema *of)
{
	CLEANUP(buf_fini) struct buf path = {.limit = 256};
	json_t *json = json_pack("{s:[s],s:s,s:s,s:s,s:o}", "schemas",
				 "urn:ietf:params:scim:schemas:core:2.0:Schema", "id", of->id,
				 "name", of->name, "description", of->about, "attributes",
				 attributes(of->attributes, of->count));

	buf_addf(&path, "Schemas/%s", of->id);
	meta_set(s, json, "Schema", path.data);
	return json;
}

enum err_code
scim_schemas(const struct scim *s, struct str id, const json_t **ret_answer)
{
	json_t *all = json_array();

	(void)json_array_append_new(all, schema(s, scim_users.schema));
	(void)json_array_append_new(all, schema(s, scim_users.extension));
	(void)json_array_append_new(all, schema(s, scim_groups.schema));
	return chosen(s, all, id, ret_answer);
}
