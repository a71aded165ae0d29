#include "model_fixture.h"
#include "test.h"

#include <string.h>

static void
refused(const char *path, const char *text, const char *place, const char *words)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, path, text);
	content_refused(&f, place, words);
}

TEST(plan_parameters_have_a_figure_a_text_or_words)
{
	CONTENT f;
	const struct param *p;

	content_open(&f);
	content_put(
		&f, "plans/mini/parameters.yaml",
		"parameters:\n"
		"- {name: a, value: 90, unit: days, section: \"1\", origin: fixed}\n"
		"- {name: b, value: POL1, unit: text, section: \"1\", origin: agreed}\n"
		"- {name: c, value: [x, 'y\"z'], unit: words, section: \"1\", origin: fixed}\n");
	CHECK(content_load(&f));
	p = model_param(f.model, "a");
	CHECK(p->kind == UNIT_NUMBER && p->number == 90 && p->place.line == 2);
	CHECK(strcmp(model_param(f.model, "b")->text, "POL1") == 0);
	CHECK(strcmp(model_param(f.model, "c")->text, "[\"x\",\"y\\\"z\"]") == 0);
	CHECK(!model_param(f.model, "d"));
}

TEST(plan_parameters_are_refused_with_their_place)
{
	const char *path = "plans/mini/parameters.yaml";

	refused(path,
		"parameters:\n- {name: a, value: x, unit: days, section: \"1\", origin: fixed}\n",
		"plans/mini/parameters.yaml:2:20", "a whole number from 0");
	refused(path,
		"parameters:\n- {name: a, value: 1, unit: day, section: \"1\", origin: fixed}\n",
		"plans/mini/parameters.yaml:2:29", "did you mean 'days'?");
	refused(path,
		"parameters:\n- {name: today, value: 1, unit: days, section: \"1\", origin: "
		"fixed}\n",
		"plans/mini/parameters.yaml:2:3", "'today' is there by itself");
	refused(path,
		"parameters:\n- {name: a, value: 1, unit: days, section: \"1\", origin: fixed}\n"
		"- {name: a, value: 2, unit: days, section: \"1\", origin: fixed}\n",
		"plans/mini/parameters.yaml:3:3", "parameter 'a' is there twice");
}

TEST(plan_roles_are_refused_twice)
{
	refused("plans/mini/roles.yaml", "roles:\n  - name: manager\n  - name: manager\n",
		"plans/mini/roles.yaml:3:5", "role 'manager' is there twice");
}

TEST(plan_roles_ask_for_a_second_factor_in_one_word)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, "plans/mini/roles.yaml",
		    "roles:\n- {name: manager, second_factor: required}\n- {name: clerk}\n");
	CHECK(content_load(&f));
	CHECK(model_role(f.model, str_of("manager"))->second_factor);
	CHECK(!model_role(f.model, str_of("clerk"))->second_factor);
	refused("plans/mini/roles.yaml", "roles:\n- {name: manager, second_factor: yes}\n",
		"plans/mini/roles.yaml:2:34", "required");
}

TEST(plan_heads_are_refused_with_their_place)
{
	refused("plans/mini/plan.yaml", "name: mini\ntitel: A\n", "plans/mini/plan.yaml:2:1",
		"unknown name 'titel'; did you mean 'title'?");
	refused("plans/mini/plan.yaml", "name: mini\nexamples_at: soon\n",
		"plans/mini/plan.yaml:2:14", "must be an instant");
	refused("plans/mini/plan.yaml", "name: mini\n", "plans/mini/plan.yaml:1:1",
		"'title' is missing");
	refused("plans/mini/plan.yaml", "- name\n", "plans/mini/plan.yaml:1:1",
		"the file must hold names and values");
	refused("plans/mini/plan.yaml", NULL, "plans/mini/plan.yaml:0:0", "plan.yaml");
}

TEST(plan_documents_are_read_with_the_ways_they_are_cited)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, "plans/mini/documents.csv",
		    "no,reference,title,status,cited_as\n"
		    "1,POL1,\"One, two\",listed,POL1 v2; First policy\n"
		    "2,Doc Ref Requested,Two,requested,\n");
	CHECK(content_load(&f));
	CHECK(f.model->plan.document_count == 2);
	CHECK(strcmp(f.model->plan.documents[0].title, "One, two") == 0);
	CHECK(f.model->plan.documents[0].cited_as.count == 2);
	CHECK(strcmp(f.model->plan.documents[0].cited_as.words[1], "First policy") == 0);
	CHECK(strcmp(f.model->plan.documents[1].status, "requested") == 0);
	content_put(&f, "plans/mini/documents.csv", "no,reference\n1,\"open\n");
	CHECK(!content_load(&f));
	CHECK(strstr(f.e.where, "documents.csv:2"));
}

TEST(plan_hash_knows_every_byte_but_not_the_folder)
{
	CONTENT f;
	CONTENT g;
	struct hash first;

	content_open(&f);
	content_open(&g);
	CHECK(content_load(&f) && content_load(&g));
	first = f.model->hash;
	CHECK(strcmp(f.folder, g.folder) != 0 && hash_eq(&first, &g.model->hash));
	content_put(&f, "plans/mini/views/staff.sql", "select p.id from person p\n");
	CHECK(content_load(&f) && !hash_eq(&first, &f.model->hash));
	content_put(&g, "plans/mini/parameters.yaml", "parameters: []\n# changed\n");
	CHECK(content_load(&g) && !hash_eq(&first, &g.model->hash));
}

TEST(plan_folder_that_is_missing_is_told)
{
	CONTENT f;
	struct model_source from = {.content = "/nonexistent", .plan = "/nonexistent/plan"};

	content_open(&f);
	diag_init(&f.diags, &f.arena);
	CHECK(model_load(&from, &f.arena, &f.diags, &f.model, &f.e) == ERR_MISSING);
	CHECK(strstr(f.e.message, "/nonexistent/plan"));
}
