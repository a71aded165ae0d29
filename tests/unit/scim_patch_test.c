#include "scim/patch.h"

#include "base/limits.h"
#include "test.h"

#include <string.h>

static const char before[] =
	"{\"id\":\"7\",\"userName\":\"ann\",\"active\":true,\"name\":{\"givenName\":\"A\","
	"\"familyName\":\"B\"},\"emails\":[{\"value\":\"w\",\"type\":\"work\",\"primary\":true},"
	"{\"value\":\"h\",\"type\":\"home\"}],\"groups\":[{\"value\":\"hr\"}],"
	"\"" SCIM_ENTERPRISE "\":{\"employeeNumber\":\"1\",\"manager\":{\"value\":\"8\"}}}";
static const char group[] =
	"{\"id\":\"hr\",\"displayName\":\"HR\",\"members\":[{\"value\":\"7\"},{\"value\":\"8\"}]}";

/* `operations` with single quotes; what comes of it likewise, or the scimType. */
static void
patches(const struct scim_kind *k, const char *operations, const char *wanted)
{
	CLEANUP(buf_fini) struct buf body = {.limit = 1 << 20};
	json_t *json = NULL;
	json_t *after = NULL;
	json_t *expected = NULL;
	struct arena arena;
	struct err e = {0};
	enum err_code rc;
	bool good = wanted[0] == '{';

	arena_init(&arena, 1 << 20);
	buf_addf(&body, "{'Operations':[%s]}%s", operations, good ? wanted : "{}");
	for (size_t i = 0; i < body.len; i++)
		body.data[i] = (char)(body.data[i] == '\'' ? '"' : body.data[i]);
	CHECK(!json_read((struct str){body.data, strlen(operations) + 17}, &json, &e));
	CHECK(!json_read(str_of(body.data + strlen(operations) + 17), &expected, &e));
	CHECK(!json_read(str_of(k == &scim_users ? before : group), &after, &e));
	rc = scim_patch(k, json, after, &arena, &e);
	if (good != (rc == ERR_NONE) || (!good && strcmp(e.field, wanted) != 0))
		fprintf(stderr, "%s: %s: %s\n", operations, e.field, e.message);
	CHECK(good == (rc == ERR_NONE));
	CHECK(good || ((rc == ERR_USAGE || rc == ERR_TOO_BIG) && strcmp(e.field, wanted) == 0));
	if (good) {
		const char *name;
		json_t *value;

		/* Members that are named must be so; null: there is none. */
		json_object_foreach(expected, name, value)
		{
			json_t *is = json_object_get(after, name);

			if (json_is_null(value) ? is != NULL : !json_equal(is, value))
				fprintf(stderr, "%s: %s\n", operations, json_dumps(after, 0));
			CHECK(json_is_null(value) ? !is : json_equal(is, value));
		}
	}
	json_decref(json);
	json_decref(after);
	json_decref(expected);
	arena_fini(&arena);
}

static void
user(const char *operations, const char *wanted)
{
	patches(&scim_users, operations, wanted);
}

TEST(operations_change_what_their_path_says)
{
	user("{'op':'Replace','path':'userName','value':'bob'}", "{'userName':'bob'}");
	user("{'op':'add','path':'displayName','value':'D'}", "{'displayName':'D'}");
	user("{'op':'Replace','path':'active','value':'False'}", "{'active':false}");
	user("{'OP':'REPLACE','PATH':'NAME.FAMILYNAME','VALUE':'C'}",
	     "{'name':{'givenName':'A','familyName':'C'}}");
	user("{'op':'replace','path':'name','value':{'familyName':'C'}}",
	     "{'name':{'givenName':'A','familyName':'C'}}");
	user("{'op':'Remove','path':'name.familyName'}", "{'name':{'givenName':'A'}}");
	user("{'op':'remove','path':'name'}", "{'name':null}");
	user("{'op':'replace','path':'displayName','value':null}", "{'displayName':null}");
	user("{'op':'add','path':'" SCIM_ENTERPRISE ":department','value':'X'}",
	     "{'" SCIM_ENTERPRISE
	     "':{'employeeNumber':'1','department':'X','manager':{'value':'8'}}}");
	user("{'op':'add','path':'" SCIM_ENTERPRISE ":manager','value':'9'}",
	     "{'" SCIM_ENTERPRISE "':{'employeeNumber':'1','manager':{'value':'9'}}}");
	user("{'op':'remove','path':'" SCIM_ENTERPRISE ":manager'}",
	     "{'" SCIM_ENTERPRISE "':{'employeeNumber':'1'}}");
	user("{'op':'remove','path':'" SCIM_ENTERPRISE "'}", "{'" SCIM_ENTERPRISE "':null}");
}

TEST(operations_without_a_path_take_names_as_others_send_them)
{
	user("{'op':'replace','value':{'active':false}}", "{'active':false}");
	user("{'op':'Add','value':{'name.givenName':'C','" SCIM_ENTERPRISE ":department':'X',"
	     "'title':'t','displayName':'D'}}",
	     "{'name':{'givenName':'C','familyName':'B'},'displayName':'D'}");
	user("{'op':'add','value':{'" SCIM_ENTERPRISE "':{'employeeNumber':'2'}}}",
	     "{'" SCIM_ENTERPRISE "':{'employeeNumber':'2','manager':{'value':'8'}}}");
	user("{'op':'add','value':{'emails[type eq \\\"work\\\"].value':'x'}}", "{}");
	user("{'op':'replace','value':{'id':'7','schemas':[],'meta':{'version':'x'},"
	     "'groups':[{'value':'hr'}]}}",
	     "{'id':'7'}");
}

TEST(values_of_a_list_are_chosen_by_a_filter)
{
	user("{'op':'replace','path':'emails[type eq \\\"work\\\"].value','value':'x'}",
	     "{'emails':[{'value':'x','type':'work','primary':true},{'value':'h','type':'home'}]}");
	user("{'op':'add','path':'emails[type eq \\\"home\\\"]','value':{'primary':true}}",
	     "{'emails':[{'value':'w','type':'work','primary':false},{'value':'h','type':'home',"
	     "'primary':true}]}");
	user("{'op':'add','path':'emails[type eq \\\"other\\\"].value','value':'o'}",
	     "{'emails':[{'value':'w','type':'work','primary':true},{'value':'h','type':'home'},"
	     "{'value':'o','type':'other'}]}");
	user("{'op':'remove','path':'emails[type eq \\\"work\\\"]'}",
	     "{'emails':[{'value':'h','type':'home'}]}");
	user("{'op':'remove','path':'emails[type eq \\\"none\\\"]'}",
	     "{'emails':[{'value':'w','type':'work','primary':true},{'value':'h','type':'home'}]}");
	user("{'op':'replace','path':'emails','value':[{'value':'n'}]}",
	     "{'emails':[{'value':'n'}]}");
	user("{'op':'add','path':'emails','value':{'value':'H','type':'other'}}",
	     "{'emails':[{'value':'w','type':'work','primary':true},{'value':'H','type':'other'}]"
	     "}");
	user("{'op':'replace','path':'emails[type ne \\\"x\\\" and value eq \\\"y\\\"].value',"
	     "'value':'x'}",
	     "noTarget");
}

TEST(members_come_and_go)
{
	patches(&scim_groups, "{'op':'Add','path':'members','value':[{'value':'9'},{'value':'7'}]}",
		"{'members':[{'value':'7'},{'value':'8'},{'value':'9'}]}");
	patches(&scim_groups, "{'op':'remove','path':'members[value eq \\\"7\\\"]'}",
		"{'members':[{'value':'8'}]}");
	patches(&scim_groups, "{'op':'Remove','path':'members','value':[{'value':'8'}]}",
		"{'members':[{'value':'7'}]}");
	patches(&scim_groups, "{'op':'remove','path':'members'}", "{'members':[]}");
	patches(&scim_groups, "{'op':'replace','path':'members','value':[]}", "{'members':null}");
	patches(&scim_groups, "{'op':'replace','value':{'id':'hr','members':[{'value':'1'}]}}",
		"{'members':[{'value':'1'}]}");
}

TEST(what_a_directory_may_not_write_is_refused)
{
	user("{'op':'add','path':'groups','value':[{'value':'siro'}]}", "mutability");
	user("{'op':'replace','path':'id','value':'8'}", "mutability");
	user("{'op':'remove','path':'id'}", "mutability");
	user("{'op':'replace','path':'meta.version','value':'8'}", "mutability");
	user("{'op':'remove','path':'userName'}", "mutability");
	user("{'op':'add','path':'administrator','value':true}", "invalidPath");
	user("{'op':'add','value':{'administrator':true}}", "invalidPath");
	user("{'op':'add','value':{'" SCIM_ENTERPRISE "':{'administrator':true}}}", "invalidPath");
	user("{'op':'add','path':'name.nothing','value':'x'}", "invalidPath");
	user("{'op':'add','path':'emails[type eq \\\"work\\\"].nothing','value':'x'}",
	     "invalidPath");
	user("{'op':'add','path':'emails[','value':'x'}", "invalidFilter");
	user("{'op':'add','path':'name[givenName eq \\\"A\\\"]','value':'x'}", "invalidFilter");
	user("{'op':'add','path':7,'value':'x'}", "invalidPath");
	user("{'op':'add','path':'active','value':'perhaps'}", "invalidValue");
	user("{'op':'add','path':'userName','value':['x']}", "invalidValue");
	user("{'op':'add','path':'userName','value':'a\\u0007'}", "invalidValue");
	user("{'op':'add','path':'userName'}", "invalidValue");
	user("{'op':'add','value':'x'}", "invalidSyntax");
	user("{'op':'move','path':'userName','value':'x'}", "invalidSyntax");
	user("7", "invalidSyntax");
	user("", "invalidSyntax");
	user("{'op':'remove'}", "noTarget");
}

TEST(a_patch_has_limits)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1 << 20};

	for (int i = 0; i < LIMIT_SCIM_OPERATIONS; i++)
		buf_addf(&text, "%s{'op':'add','path':'title','value':'x'}", i ? "," : "");
	user(text.data, "{'userName':'ann'}");
	buf_addf(&text, ",{'op':'add','path':'title','value':'x'}");
	user(text.data, "tooMany");
	text.len = 0;
	buf_addf(&text, "{'op':'add','path':'members','value':[{'value':'0'}");
	for (int i = 1; i < LIMIT_SCIM_VALUES; i++)
		buf_addf(&text, ",{'value':'%d'}", i);
	buf_addf(&text, "]}");
	patches(&scim_groups, text.data, "{'id':'hr'}");
	text.len -= 2;
	buf_addf(&text, ",{'value':'more'}]}");
	patches(&scim_groups, text.data, "tooMany");
	text.len = 0;
	buf_addf(&text, "{'op':'add','path':'displayName','value':'%*s'}",
		 LIMIT_SCIM_TEXT_BYTES + 1, "x");
	user(text.data, "invalidValue");
}
