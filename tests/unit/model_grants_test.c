#include "model_fixture.h"
#include "test.h"

#include <string.h>

#define PERSON                                                                                     \
	"name: person\ncode: 2\nprefix: PER\ntitle: People\nfields:\n"                             \
	"  - {name: name, type: text, required: true}\n"                                           \
	"  - {name: boss, type: ref, to: [person]}\n"                                              \
	"  - {name: kind, type: enum, values: [one, two]}\n"                                       \
	"  - {name: rank, type: role}\n"

static const char roles_path[] = "plans/mini/roles.yaml";
static const char person_path[] = "registers/person.yaml";

static unsigned
grant(const struct content_fixture *f, const char *role, const char *reg)
{
	const struct role *found = model_role(f->model, str_of(role));

	CHECK(found);
	return model_grant(f->model, found, model_reg(f->model, str_of(reg)));
}

enum { ALL = GRANT_READ | GRANT_WRITE | GRANT_RETIRE };

TEST(grants_a_role_writes_what_its_duties_are_about_and_fed_by)
{
	CONTENT f;

	content_open(&f);
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "person") == ALL);
	CHECK(grant(&f, "manager", "organisation") == GRANT_READ);
	CHECK(grant(&f, "auditor", "person") == GRANT_READ);
	content_put_obligation(&f, "    proof: attested\n    feeds: [organisation]\n");
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "organisation") == ALL);
}

TEST(grants_the_plan_adds_and_narrows)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager, not_write: [person], read: [organisation]}\n"
		    "  - {name: auditor, write: [person], read: []}\n");
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "person") == 0);
	CHECK(grant(&f, "manager", "organisation") == GRANT_READ);
	CHECK(grant(&f, "auditor", "person") == ALL);
	CHECK(grant(&f, "auditor", "organisation") == 0);
}

TEST(grants_a_register_says_who_alone_writes_it_and_what_is_kept)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n  - {name: auditor, may: [assess]}\n");
	content_put(&f, person_path, PERSON "write: [assess]\nkeeps: true\n");
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "person") == GRANT_READ);
	CHECK(grant(&f, "auditor", "person") == (GRANT_READ | GRANT_WRITE));
	content_put(&f, person_path, PERSON "kernel: true\n");
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "person") == GRANT_READ);
}

TEST(grants_what_is_restricted_takes_a_role_that_may_read_it)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, person_path, PERSON "restricted: true\n");
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "person") == 0);
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager, may: [read_restricted]}\n  - {name: auditor}\n");
	CHECK(content_load(&f));
	CHECK(grant(&f, "manager", "person") == ALL);
	CHECK(grant(&f, "auditor", "person") == 0);
}

TEST(grants_words_of_roles_that_mean_nothing_are_refused_with_their_place)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n  - {name: auditor, write: [persn]}\n");
	content_refused(&f, "plans/mini/roles.yaml:3:29",
			"'persn' is no register; did you mean 'person'?");
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n  - {name: auditor, read: [organisation, x]}\n");
	content_refused(&f, "plans/mini/roles.yaml:3:42", "'x' is no register");
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n  - {name: auditor, may: [asess]}\n");
	content_refused(&f, "plans/mini/roles.yaml:3:27",
			"'asess' is nothing that a role may; did you mean 'assess'?");
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n  - {name: auditor, sees: everything}\n");
	content_refused(&f, "plans/mini/roles.yaml:3:27", "'sees'");
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n"
		    "  - {name: auditor, write: [person], not_write: [person]}\n");
	content_refused(&f, "plans/mini/roles.yaml:3:29", "stands under 'not_write' too");
	content_put(&f, roles_path,
		    "roles:\n  - {name: manager}\n  - {name: auditor, write: [person]}\n");
	content_put(&f, person_path, PERSON "write: [manager]\n");
	content_refused(&f, "plans/mini/roles.yaml:3:29", "says itself who writes it");
	content_put(&f, person_path, PERSON "kernel: true\n");
	content_refused(&f, "plans/mini/roles.yaml:3:29", "written by Holdfast alone");
	content_put(&f, person_path, PERSON "restricted: true\n");
	content_refused(&f, "plans/mini/roles.yaml:3:29", "needs 'may: [read_restricted]'");
}

static void
refused(const char *lines, const char *place, const char *words)
{
	CONTENT f;
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};

	content_open(&f);
	buf_addf(&text, "%s%s", PERSON, lines);
	content_put(&f, person_path, text.data);
	content_refused(&f, place, words);
}

#define STEP(words) "states: [a, b]\ntransitions:\n  - {from: a, to: b, " words "}\n"

TEST(grants_words_of_registers_that_mean_nothing_are_refused_with_their_place)
{
	refused("write: [manger]\n", "registers/person.yaml:10:9", "did you mean 'manager'?");
	refused(STEP("who: [auditr]"), "registers/person.yaml:12:28", "did you mean 'auditor'?");
	refused(STEP("who: [asess]"), "registers/person.yaml:12:28", "did you mean 'assess'?");
	refused(STEP("outside: [auditr]"), "registers/person.yaml:12:32", "'auditor'?");
	refused(STEP("not: [bos]"), "registers/person.yaml:12:27", "did you mean 'boss'?");
	refused(STEP("not: [name]"), "registers/person.yaml:12:27", "names people");
	refused(STEP("by: kind"), "registers/person.yaml:12:26", "names people");
	refused(STEP("as: kind"), "registers/person.yaml:12:26", "of type 'role'");
	refused(STEP("when: kind"), "registers/person.yaml:12:28", "'when' names one field");
	refused(STEP("when: {knd: one}"), "registers/person.yaml:12:34", "did you mean 'kind'?");
	refused(STEP("when: {kind: three}"), "registers/person.yaml:12:35", "is no value of field");
	refused("follows: kind\n", "registers/person.yaml:10:10", "refers to one record");
	refused(STEP("whom: [auditor]"), "registers/person.yaml:12:22", "did you mean 'who'?");
}

TEST(grants_a_register_may_name_roles_that_another_plan_has)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, person_path, PERSON STEP("who: [change_board]"));
	CHECK(content_load(&f));
	CHECK(reg_guards(model_reg(f.model, str_of("person")), str_of("b")));
	CHECK(!reg_guards(model_reg(f.model, str_of("person")), str_of("a")));
}
