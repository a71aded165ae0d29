#include "fuzz.h"

#include "scim/patch.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY = 64 * 1024 * 1024 };

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* Refused with a type that RFC 7644 knows. */
static void
refused(enum err_code rc, const struct err *e)
{
	demand(rc == ERR_USAGE || rc == ERR_TOO_BIG);
	demand(e->field[0] && e->message[0]);
}

static void
filter_try(const struct scim_kind *k, struct str text, const json_t *resource, struct arena *a)
{
	const struct scim_filter *f = NULL;
	struct err e = {0};
	enum err_code rc = scim_filter_read(k, text, a, &f, &e);

	if (rc) {
		refused(rc, &e);
		return;
	}
	(void)scim_filter_fits(f, resource);
	(void)scim_filter_asks(f, "members");
	(void)scim_filter_equal(f, "userName");
}

/* What a PATCH leaves is a resource that can be taken as a body, and then is the same. */
static void
resource_is_clean(const struct scim_kind *k, json_t *resource)
{
	json_t *once = NULL;
	json_t *twice = NULL;
	struct err e = {0};

	if (scim_clean(k, resource, &once, &e))
		return;
	demand(!scim_clean(k, once, &twice, &e));
	demand(json_equal(once, twice));
	json_decref(once);
	json_decref(twice);
}

/* Who it is, and what it may, is not changed by any. */
static void
stays(const json_t *after, const json_t *before, const char *name)
{
	const json_t *is = json_object_get(after, name);
	const json_t *was = json_object_get(before, name);

	demand(is == was || json_equal(is, was));
}

static void
patch_try(const struct scim_kind *k, const json_t *body, const json_t *resource, struct arena *a)
{
	json_t *after = json_deep_copy(resource);
	struct err e = {0};
	enum err_code rc = scim_patch(k, body, after, a, &e);

	if (rc)
		refused(rc, &e);
	else
		resource_is_clean(k, after);
	stays(after, resource, "id");
	stays(after, resource, "groups");
	json_decref(after);
}

/* The first line is a filter; the rest is a body, of a PATCH or of a new resource. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char user_text[] =
		"{\"id\":\"7\",\"userName\":\"Ann\",\"active\":true,\"externalId\":\"x\",\"name\":"
		"{\"givenName\":\"A\"},\"emails\":[{\"value\":\"a@b\",\"type\":\"work\","
		"\"primary\":"
		"true},{\"value\":\"c@d\",\"type\":\"home\"}],\"groups\":[{\"value\":\"hr\"}],"
		"\"meta\":{\"created\":\"2026-06-15T12:00:00.000Z\"},\"" SCIM_ENTERPRISE
		"\":{\"employeeNumber\":\"1\",\"manager\":{\"value\":\"8\"}}}";
	static const char group_text[] =
		"{\"id\":\"hr\",\"displayName\":\"HR\",\"members\":[{\"value\":\"7\"}]}";
	struct str rest = {(const char *)data, size};
	struct str filter = str_cut(&rest, '\n');
	json_t *user = NULL;
	json_t *group = NULL;
	json_t *body = NULL;
	struct arena arena;
	struct err e = {0};

	arena_init(&arena, MEMORY);
	demand(!json_read(str_of(user_text), &user, &e));
	demand(!json_read(str_of(group_text), &group, &e));
	filter_try(&scim_users, filter, user, &arena);
	filter_try(&scim_groups, filter, group, &arena);
	if (rest.ptr && !json_read(rest, &body, &e) && json_is_object(body)) {
		patch_try(&scim_users, body, user, &arena);
		patch_try(&scim_groups, body, group, &arena);
		resource_is_clean(&scim_users, body);
		resource_is_clean(&scim_groups, body);
	}
	json_decref(body);
	json_decref(user);
	json_decref(group);
	arena_fini(&arena);
	return 0;
}
