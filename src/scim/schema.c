#include "scim/schema.h"

#include <string.h>
#include <strings.h>

/* clang-format would put each row on a dozen lines. */
/* clang-format off */
#define PARTS(list) .parts = (list), .part_count = COUNT_OF(list)

static const struct scim_attribute name_parts[] = {
	{"formatted", SCIM_STRING, .about = "The whole name."},
	{"familyName", SCIM_STRING, .about = "The family name."},
	{"givenName", SCIM_STRING, .about = "The given name."},
};
static const struct scim_attribute email_parts[] = {
	{"value", SCIM_STRING, .about = "The address."},
	{"type", SCIM_STRING, .about = "What it is for, such as work."},
	{"primary", SCIM_BOOLEAN, .about = "Whether it is the main one."},
};
static const struct scim_attribute user_group_parts[] = {
	{"value", SCIM_STRING, SCIM_READ_ONLY, .exact = true, .about = "The group's id."},
	{"$ref", SCIM_REFERENCE, SCIM_READ_ONLY, .exact = true, .about = "Where the group is."},
	{"display", SCIM_STRING, SCIM_READ_ONLY, .about = "What it is called."},
};
static const struct scim_attribute user_attributes[] = {
	{"userName", SCIM_STRING, .required = true, .unique = true, .about = "What the directory calls the login."},
	{"name", SCIM_COMPLEX, .about = "The person's name.", PARTS(name_parts)},
	{"displayName", SCIM_STRING, .about = "The name as it is shown; that of the person's record."},
	{"active", SCIM_BOOLEAN, .about = "Whether the login is enabled."},
	{"emails", SCIM_COMPLEX, .many = true, .about = "Addresses.", PARTS(email_parts)},
	{"groups", SCIM_COMPLEX, SCIM_READ_ONLY, .many = true, .about = "Roles that the person was given.", PARTS(user_group_parts)},
};
static const struct scim_attribute manager_parts[] = {
	{"value", SCIM_STRING, .exact = true, .about = "The manager's id."},
	{"$ref", SCIM_REFERENCE, SCIM_READ_ONLY, .exact = true, .about = "Where the manager is."},
};
static const struct scim_attribute enterprise_attributes[] = {
	{"employeeNumber", SCIM_STRING, .exact = true, .about = "The key of the person's record."},
	{"organization", SCIM_STRING, .about = "The organisation, by key or name."},
	{"department", SCIM_STRING, .about = "The person's team."},
	{"manager", SCIM_COMPLEX, .about = "The line manager.", PARTS(manager_parts)},
};
static const struct scim_attribute member_parts[] = {
	{"value", SCIM_STRING, SCIM_IMMUTABLE, .exact = true, .required = true, .about = "The user's id."},
	{"$ref", SCIM_REFERENCE, SCIM_READ_ONLY, .exact = true, .about = "Where the user is."},
	{"display", SCIM_STRING, SCIM_READ_ONLY, .about = "What it is called."},
	{"type", SCIM_STRING, SCIM_IMMUTABLE, .about = "User."},
};
static const struct scim_attribute group_attributes[] = {
	{"displayName", SCIM_STRING, SCIM_IMMUTABLE, .required = true, .about = "The role's title in the plan."},
	{"members", SCIM_COMPLEX, .many = true, .about = "Who was given the role.", PARTS(member_parts)},
};
static const struct scim_attribute meta_parts[] = {
	{"resourceType", SCIM_STRING, SCIM_READ_ONLY, .exact = true},
	{"created", SCIM_INSTANT, .change = SCIM_READ_ONLY},
	{"lastModified", SCIM_INSTANT, .change = SCIM_READ_ONLY},
	{"location", SCIM_REFERENCE, SCIM_READ_ONLY, .exact = true},
	{"version", SCIM_STRING, SCIM_READ_ONLY, .exact = true},
};
const struct scim_attribute scim_common[SCIM_COMMON] = {
	{"id", SCIM_STRING, SCIM_READ_ONLY, .exact = true, .unique = true},
	{"externalId", SCIM_STRING, .exact = true},
	{"meta", SCIM_COMPLEX, SCIM_READ_ONLY, PARTS(meta_parts)},
};

static const struct scim_schema user_schema = {
	SCIM_USER, "User", "A login, and the person that it is of.", user_attributes, COUNT_OF(user_attributes)};
static const struct scim_schema enterprise_schema = {
	SCIM_ENTERPRISE, "EnterpriseUser", "The person's place in the organisation.", enterprise_attributes, COUNT_OF(enterprise_attributes)};
static const struct scim_schema group_schema = {
	SCIM_GROUP, "Group", "A role of the plan.", group_attributes, COUNT_OF(group_attributes)};

static const char *const user_unkept[] = {
	"schemas", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "password",
	"phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates",
	"name.middleName", "name.honorificPrefix", "name.honorificSuffix", "emails.display",
	"costCenter", "division", "manager.displayName", "groups.type", NULL};
static const char *const group_unkept[] = {"schemas", NULL};
/* clang-format on */

const struct scim_kind scim_users = {"User",	   "/Users",	       "Logins and people.",
				     &user_schema, &enterprise_schema, user_unkept};
const struct scim_kind scim_groups = {"Group",	     "/Groups", "Roles of the plan.",
				      &group_schema, NULL,	group_unkept};

bool
scim_same(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

const struct scim_attribute *
scim_attribute_find(const struct scim_attribute *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (scim_same(str_of(list[i].name), name))
			return &list[i];
	}
	return NULL;
}

/* Cuts the id of a schema off, with the colon after it. */
static bool
schema_cut(const struct scim_schema *s, struct str *text)
{
	size_t len = s ? strlen(s->id) : 0;

	if (!s || text->len < len || strncasecmp(text->ptr, s->id, len) != 0 ||
	    (text->len > len && text->ptr[len] != ':'))
		return false;
	*text = text->len > len ? (struct str){text->ptr + len + 1, text->len - len - 1}
				: (struct str){0};
	return true;
}

/* "nickName", and what is in such: "addresses.country". */
static bool
is_unkept(const struct scim_kind *k, struct str text)
{
	struct str whole = text;
	struct str first = str_cut(&text, '.');

	for (size_t i = 0; k->unkept[i]; i++) {
		if (scim_same(str_of(k->unkept[i]), whole) ||
		    scim_same(str_of(k->unkept[i]), first))
			return true;
	}
	return false;
}

enum scim_known
scim_name_read(const struct scim_kind *k, struct str text, struct scim_name *ret_name)
{
	bool extended = schema_cut(k->extension, &text);
	bool core = !extended && schema_cut(k->schema, &text);
	const struct scim_schema *s = extended ? k->extension : k->schema;
	struct scim_name n = {.extension = extended ? s : NULL};
	struct str whole = text;
	struct str first;

	if (extended && !text.ptr) {
		*ret_name = n;
		return SCIM_KNOWN;
	}
	first = str_cut(&text, '.');
	n.attribute = scim_attribute_find(s->attributes, s->count, first);
	if (!n.attribute && !extended && !core)
		n.attribute = scim_attribute_find(scim_common, SCIM_COMMON, first);
	if (n.attribute && text.ptr)
		n.part = scim_attribute_find(n.attribute->parts, n.attribute->part_count, text);
	if (!n.attribute || (text.ptr && !n.part))
		return is_unkept(k, whole) ? SCIM_UNKEPT : SCIM_UNKNOWN;
	*ret_name = n;
	return SCIM_KNOWN;
}

json_t *
scim_get(const json_t *resource, const struct scim_name *name)
{
	if (name->extension)
		resource = json_object_get(resource, name->extension->id);
	if (!name->attribute)
		return (json_t *)(uintptr_t)resource;
	return json_object_get(resource, name->attribute->name);
}

void
scim_set(json_t *resource, const struct scim_name *name, json_t *value)
{
	json_t *holder = resource;

	if (name->extension) {
		holder = json_object_get(resource, name->extension->id);
		if (!holder && value) {
			holder = json_object();
			(void)json_object_set_new(resource, name->extension->id, holder);
		}
	}
	if (value)
		(void)json_object_set_new(holder, name->attribute->name, value);
	else if (holder)
		(void)json_object_del(holder, name->attribute->name);
}
