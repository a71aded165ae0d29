#include "scim/scim.h"

#include "identity_fixture.h"
#include "test.h"

#include <string.h>

/* A directory of `away`, and one that is for all. */
struct hall {
	struct desk_fixture desk;
	struct who away, all;
	struct scim s;
};

static struct who
directory(struct desk_fixture *f, const char *name, const char *organisation)
{
	struct token_new n = {.name = str_of("scim"),
			      .writes = true,
			      .all_registers = true,
			      .scim = true,
			      .days = 30,
			      .login = str_of(name)};
	struct token_made made;
	struct who who;

	CHECK(!login_add(&f->v,
			 &(struct login_new){.name = n.login, .organisation = organisation}));
	CHECK(!identity_token_make(&f->v, NULL, &n, &made));
	CHECK(!identity_token(&f->v, str_of(made.text), &who));
	return who;
}

static void
hall_open(struct hall *h)
{
	desk_open(&h->desk);
	h->away = directory(&h->desk, "dir", "away");
	h->all = directory(&h->desk, "every", NULL);
	h->s = (struct scim){.visit = h->desk.v, .who = &h->away, .base = str_of("http://x")};
}

static void
hall_close(struct hall *h)
{
	desk_close(&h->desk);
}
#define HALL CLEANUP(hall_close) struct hall

/* Texts have single quotes. */
static json_t *
json_of(struct hall *h, const char *text)
{
	char *copy = str_z(&h->desk.store.arena, str_of(text));
	json_t *json = NULL;
	struct err e;

	for (char *c = copy; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	CHECK(!json_read(str_of(copy), &json, &e));
	return json;
}

static enum err_code
edit(struct hall *h, struct scim_edit *ed, const char *body)
{
	struct ctx *ctx = h->desk.store.ctx;
	json_t *json = body ? json_of(h, body) : NULL;
	WRITER *w = NULL;
	enum err_code rc;

	ed->s = &h->s;
	ed->body = json;
	ctx->who = h->s.who;
	ctx->err = (struct err){0};
	rc = writer_begin(ctx, &w);
	if (!rc)
		rc = scim_edit_write(ed, w);
	if (!rc)
		rc = writer_commit(w);
	ctx->who = NULL;
	json_decref(json);
	return rc;
}

static struct str
make(struct hall *h, const char *body)
{
	struct scim_edit ed = {.kind = &scim_users, .write = SCIM_MAKE};
	enum err_code rc = edit(h, &ed, body);

	if (rc)
		fprintf(stderr, "%s\n", h->desk.store.ctx->err.message);
	CHECK(!rc);
	return ed.id;
}

static enum err_code
patch(struct hall *h, const struct scim_kind *k, struct str id, const char *body)
{
	struct scim_edit ed = {.kind = k, .write = SCIM_PATCH, .id = id};

	return edit(h, &ed, body);
}

static const json_t *
show(struct hall *h, const struct scim_kind *k, struct str id)
{
	const struct scim_query q = {0};
	struct scim_shown shown = {0};

	h->desk.store.ctx->who = h->s.who;
	CHECK(!scim_show(&h->s, k, id, &q, &shown));
	h->desk.store.ctx->who = NULL;
	return shown.json;
}

static int64_t
found(struct hall *h, const struct scim_kind *k, const char *filter)
{
	const struct scim_query q = {
		.filter = filter ? str_of(filter) : (struct str){0}, .start = 1, .count = -1};
	const json_t *json = NULL;

	h->desk.store.ctx->who = h->s.who;
	CHECK(!scim_list(&h->s, k, &q, &json));
	h->desk.store.ctx->who = NULL;
	return json_integer_value(json_object_get(json, "totalResults"));
}

static int64_t
count(struct hall *h, const char *select)
{
	return store_count(&h->desk.store, select);
}

#define JOINER                                                                                     \
	"{'userName':'Jo@x','displayName':'Jo','externalId':'9','active':true,'" SCIM_ENTERPRISE   \
	"':{'employeeNumber':'E1','department':'D'}}"

TEST(a_joiner_gets_a_login_and_a_record)
{
	HALL h;
	struct str id;
	const json_t *jo;

	hall_open(&h);
	id = make(&h, JOINER);
	CHECK(count(&h,
		    "select count(*) from person where key = 'E1' and name = 'Jo' and team = "
		    "'D' and state = 'engaged' and feed = 'scim' and start_date is not null") == 1);
	jo = show(&h, &scim_users, id);
	CHECK(str_is(json_str(json_object_get(jo, "userName")), "Jo@x"));
	CHECK(json_is_true(json_object_get(jo, "active")));
	CHECK(found(&h, &scim_users, NULL) == 1);
	CHECK(found(&h, &scim_users, "userName eq \"jo@X\"") == 1);
	CHECK(found(&h, &scim_users, "externalId eq \"9\" and displayName eq \"jo\"") == 1);
	/* The person is another organisation's when another directory says so. */
	h.s.who = &h.all;
	CHECK(found(&h, &scim_users, NULL) == 2);
	(void)make(&h, "{'userName':'jo@y','" SCIM_ENTERPRISE
		       "':{'employeeNumber':'E1','organization':'home'}}");
	CHECK(count(&h, "select count(*) from person where key = 'E1'") == 2);
}

TEST(whom_another_source_keeps_is_only_given_a_login)
{
	HALL h;
	struct record r;
	struct str id;
	struct scim_edit again = {.kind = &scim_users, .write = SCIM_MAKE};

	hall_open(&h);
	r = store_record(&h.desk.store, "person", "E1");
	r.organisation = h.desk.store.away;
	store_set(&h.desk.store, &r, "name", "As HR has it");
	(void)store_put(&h.desk.store, &r);
	id = make(&h, JOINER);
	CHECK(count(&h, "select count(*) from person where key = 'E1'") == 1);
	CHECK(edit(&h, &again,
		   "{'userName':'two','" SCIM_ENTERPRISE
		   "':{'employeeNumber':'E1'}}") == ERR_CONFLICT);
	CHECK(!patch(
		&h, &scim_users, id,
		"{'Operations':[{'op':'replace','value':{'active':false,'displayName':'X'}}]}"));
	CHECK(count(&h, "select count(*) from person where key = 'E1' and name = 'As HR has it' "
			"and row_version = 1") == 1);
	CHECK(count(&h, "select count(*) from login where enabled = 0 and name = 'jo@x'") == 1);
}

TEST(a_refusal_leaves_nothing_behind)
{
	HALL h;
	struct scim_edit ed = {.kind = &scim_users, .write = SCIM_MAKE};
	int64_t people, events;

	hall_open(&h);
	(void)make(&h, JOINER);
	people = count(&h, "select count(*) from person");
	events = count(&h, "select count(*) from event");
	/* The person is written before the login is found to be taken. */
	CHECK(edit(&h, &ed, "{'userName':'JO@X','" SCIM_ENTERPRISE "':{'employeeNumber':'E2'}}") ==
	      ERR_CONFLICT);
	CHECK(count(&h, "select count(*) from person") == people);
	CHECK(count(&h, "select count(*) from event") == events);
}

TEST(a_leaver_leaves_and_comes_back)
{
	HALL h;
	struct str id;
	struct scim_edit gone = {.kind = &scim_users, .write = SCIM_REMOVE};
	const char *off = "{'Operations':[{'op':'Replace','path':'active','value':'False'}]}";
	const char *on = "{'Operations':[{'op':'Replace','path':'active','value':'True'}]}";

	hall_open(&h);
	id = make(&h, JOINER);
	CHECK(!patch(&h, &scim_users, id, off));
	CHECK(count(&h, "select count(*) from person where key = 'E1' and state = 'leaving' and "
			"leave_date is not null") == 1);
	CHECK(!patch(&h, &scim_users, id, on));
	CHECK(count(&h, "select count(*) from person where key = 'E1' and state = 'engaged' and "
			"leave_date is null") == 1);
	CHECK(!patch(&h, &scim_users, id, off));
	desk_wait(&h.desk, (int64_t)40 * 86400 * 1000);
	CHECK(!patch(&h, &scim_users, id, on));
	CHECK(count(&h, "select count(*) from person where key = 'E1' and state = 'engaged' and "
			"start_date > leave_date") == 1);
	CHECK(!patch(&h, &scim_groups, str_of("hr"),
		     str_z(&h.desk.store.arena,
			   str_of("{'Operations':[{'op':'add','path':'members','value':[]}]}"))));
	gone.id = id;
	CHECK(!edit(&h, &gone, NULL));
	CHECK(count(&h, "select count(*) from person where key = 'E1' and state = 'left'") == 1);
	CHECK(found(&h, &scim_users, NULL) == 0);
	CHECK(edit(&h, &gone, NULL) == ERR_MISSING);
	/* Who gave notice is leaving, whatever else a directory says. */
	id = make(&h, "{'userName':'kim','" SCIM_ENTERPRISE "':{'employeeNumber':'E3'}}");
	CHECK(!patch(&h, &scim_users, id, off) &&
	      !patch(&h, &scim_users, id,
		     "{'Operations':[{'op':'add','path':'displayName','value':'Kim'}]}"));
	CHECK(count(&h, "select count(*) from person where key = 'E3' and state = 'leaving' and "
			"name = 'Kim'") == 1);
}

TEST(one_who_comes_later_is_a_candidate)
{
	HALL h;
	struct str id;

	hall_open(&h);
	id = make(&h, "{'userName':'kim','active':'false'}");
	CHECK(count(&h, "select count(*) from person where name = 'kim' and state = 'candidate' "
			"and start_date is null") == 1);
	CHECK(!patch(&h, &scim_users, id, "{'Operations':[{'op':'add','value':{'active':true}}]}"));
	CHECK(count(&h, "select count(*) from person where name = 'kim' and state = 'engaged' and "
			"start_date is not null") == 1);
}

static enum err_code
member(struct hall *h, const char *op, const char *group, struct str user)
{
	CLEANUP(buf_fini) struct buf body = {.limit = 4096};

	buf_addf(&body, "{'Operations':[{'op':'%s','path':'members','value':[{'value':'%.*s'}]}]}",
		 op, STR_ARG(user));
	return patch(h, &scim_groups, str_of(group), body.data);
}

TEST(a_role_is_proposed_and_ended_by_a_directory_and_confirmed_by_others)
{
	HALL h;
	struct str id;
	struct scim_edit stale = {.kind = &scim_groups,
				  .write = SCIM_PATCH,
				  .id = str_of("hr"),
				  .match = str_of("W/\"0\"")};

	hall_open(&h);
	id = make(&h, JOINER);
	CHECK(!member(&h, "add", "hr", id) && !member(&h, "add", "hr", id));
	CHECK(count(&h, "select count(*) from role_assignment where role = 'hr' and state = "
			"'proposed' and valid_from is not null and feed = 'scim'") == 1);
	CHECK(found(&h, &scim_groups, "members pr") == 1);
	CHECK(found(&h, &scim_users, "groups.value eq \"hr\"") == 1);
	h.s.who = &h.all;
	CHECK(found(&h, &scim_groups, "members pr") == 1);
	h.s.who = &h.away;
	CHECK(edit(&h, &stale, "{'Operations':[{'op':'remove','path':'members'}]}") == ERR_STALE);
	CHECK(!member(&h, "remove", "hr", id));
	CHECK(count(&h, "select count(*) from role_assignment where role = 'hr' and state = "
			"'ended' and valid_to is not null") == 1);
	CHECK(found(&h, &scim_groups, "members pr") == 0);
	CHECK(member(&h, "add", "directory", id) == ERR_MISSING);
	CHECK(member(&h, "add", "hr", str_of("1")) == ERR_USAGE);
	/* Ann is another organisation's. */
	CHECK(member(&h, "add", "hr", str_of("2")) == ERR_USAGE);
}

TEST(roles_limited_to_a_record_are_none_of_a_directorys)
{
	HALL h;
	struct str id;
	char scope[RECORD_NAME_SIZE];
	struct desk_role role = {.role = "hr"};

	hall_open(&h);
	id = make(&h, JOINER);
	record_name(h.desk.store.model, h.desk.store.away, scope);
	role.person = store_count(&h.desk.store, "select id from person where key = 'E1'");
	role.organisation = h.desk.store.away;
	role.scope = scope;
	desk_assign(&h.desk, &role);
	CHECK(found(&h, &scim_groups, "members pr") == 0);
	CHECK(!member(&h, "add", "hr", id) && !member(&h, "remove", "hr", id));
	CHECK(count(&h, "select count(*) from role_assignment where scope is not null and "
			"row_version = 1") == 1);
}

TEST(a_mover_leaves_one_organisation_and_joins_another)
{
	HALL h;
	struct str id;
	const json_t *jo;

	hall_open(&h);
	id = make(&h, JOINER);
	CHECK(!member(&h, "add", "hr", id));
	CHECK(patch(&h, &scim_users, id,
		    "{'Operations':[{'op':'add','path':'" SCIM_ENTERPRISE
		    ":organization','value':'home'}]}") == ERR_USAGE);
	h.s.who = &h.all;
	CHECK(!patch(&h, &scim_users, id,
		     "{'Operations':[{'op':'add','path':'" SCIM_ENTERPRISE
		     ":organization','value':'home'}]}"));
	jo = show(&h, &scim_users, id);
	CHECK(str_is(
		json_str(json_object_get(json_object_get(jo, SCIM_ENTERPRISE), "organization")),
		"home"));
	CHECK(count(&h, "select count(*) from person where key = 'E1' and state = 'left'") == 1);
	CHECK(count(&h, "select count(*) from person where key = 'E1' and state = 'engaged'") == 1);
	CHECK(count(&h, "select count(*) from role_assignment where state = 'ended'") == 1);
	CHECK(desk_events(&h.desk, "login_moved") == 1);
	h.s.who = &h.away;
	CHECK(found(&h, &scim_users, NULL) == 0);
}

TEST(a_directory_writes_no_more_than_its_role)
{
	HALL h;
	struct scim_edit ed = {.kind = &scim_users, .write = SCIM_MAKE};
	struct who_role hr;
	struct who reader;

	hall_open(&h);
	/* A role that reads people and does not write them. */
	hr = h.away.roles[0];
	hr.role = model_role(h.desk.store.model, str_of("guard_force"));
	reader = h.away;
	reader.roles = &hr;
	h.s.who = &reader;
	CHECK(edit(&h, &ed, JOINER) == ERR_DENIED);
	CHECK(count(&h, "select count(*) from person where key = 'E1'") == 0);
	CHECK(count(&h, "select count(*) from login where name = 'jo@x'") == 0);
	hr.role = model_role(h.desk.store.model, str_of("all_staff"));
	CHECK(edit(&h, &ed, JOINER) == ERR_DENIED);
}

TEST(errors_are_told_as_scim_tells_them)
{
	static const struct {
		enum err_code code;
		const char *field;
		int status;
		const char *type;
	} rows[] = {
		{ERR_USAGE,    "noTarget", 400, "\"scimType\":\"noTarget\""	},
		{ERR_USAGE,    "other",    400, "\"scimType\":\"invalidSyntax\""},
		{ERR_INVALID,  "name",     400, "\"scimType\":\"invalidValue\"" },
		{ERR_CONFLICT, "userName", 409, "\"scimType\":\"uniqueness\""   },
		{ERR_MISSING,  "",	  404, "\"status\":\"404\",\"detail\"" },
		{ERR_STALE,    "",		412, "\"status\":\"412\",\"detail\"" },
		{ERR_DENIED,   "",	 403, "\"status\":\"403\",\"detail\"" },
		{ERR_INTERNAL, "",	   500, "the server's log"		  },
	};
	struct arena arena;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err e = {0};
		struct str body;

		(void)err_set(&e, rows[i].code, rows[i].field, "a \"secret\" place");
		CHECK(scim_error(&e, &arena, &body) == rows[i].status);
		CHECK(memmem(body.ptr, body.len, rows[i].type, strlen(rows[i].type)));
		CHECK((memmem(body.ptr, body.len, "secret", 6) != NULL) ==
		      (rows[i].code != ERR_INTERNAL));
	}
	arena_fini(&arena);
}
