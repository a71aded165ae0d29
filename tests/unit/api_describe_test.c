#include "api/describe.h"
#include "codec/json.h"
#include "model_fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define TICKET                                                                                     \
	"name: ticket\ncode: 60\nprefix: TKT\ntitle: Tickets\nabout: Requests\nfields:\n"          \
	"  - {name: what, type: text, required: true, label: What, help: In words}\n"              \
	"  - {name: kind, type: enum, values: [one, two]}\n"                                       \
	"  - {name: cost, type: decimal}\n"                                                        \
	"  - {name: asks, type: ref, to: [person]}\n"                                              \
	"  - {name: others, type: refs, to: [person]}\n"                                           \
	"  - {name: decided_by, type: ref, to: [person]}\n"                                        \
	"  - {name: steps, type: list, fields: [{name: at, type: datetime}]}\n"                    \
	"states: [open, granted, refused]\n"                                                       \
	"transitions:\n"                                                                           \
	"  - {from: open, to: granted, who: [manager], by: decided_by}\n"                          \
	"  - {from: open, to: refused, who: [manager], by: decided_by}\n"

#define SEAL                                                                                       \
	"name: seal\ncode: 61\nprefix: SEA\ntitle: Seals\nabout: Seals\nkernel: true\nfields:\n"   \
	"  - {name: what, type: text}\n"

struct described {
	struct content_fixture content;
	struct description d;
	json_t *json;
};

static void
described_close(struct described *t)
{
	json_decref(t->json);
	content_close(&t->content);
}

static void
described_open(struct described *t)
{
	struct err e = {0};

	content_open(&t->content);
	content_put(&t->content, "registers/ticket.yaml", TICKET);
	content_put(&t->content, "registers/seal.yaml", SEAL);
	CHECK(content_load(&t->content));
	CHECK(!api_describe(t->content.model, false, &t->content.arena, &t->d, &e));
	/* It refuses what comes twice. */
	CHECK(!json_read(t->d.text, &t->json, &e));
}

#define DESCRIBED CLEANUP(described_close) struct described

/* By names and numbers parted by blanks. */
static const json_t *
at(const json_t *json, const char *path)
{
	char names[300];
	char *rest = names;

	(void)snprintf(names, sizeof(names), "%s", path);
	while (json && rest) {
		char *end = strchr(rest, ' ');

		if (end)
			*end = '\0';
		json = json_is_array(json) ? json_array_get(json, (size_t)(rest[0] - '0'))
					   : json_object_get(json, rest);
		rest = end ? end + 1 : NULL;
	}
	return json;
}

static bool
is_json(const json_t *json, const char *text)
{
	json_t *wanted = json_loads(text, JSON_DECODE_ANY, NULL);
	bool same = json && wanted && json_equal(json, wanted);

	if (!same && json) {
		char *found = json_dumps(json, JSON_ENCODE_ANY);

		fprintf(stderr, "%s\n", found);
		free(found);
	}
	json_decref(wanted);
	return same;
}

/* Every "$ref" below leads to something. */
static void
refs_check(const json_t *all, json_t *json)
{
	const char *ref = json_string_value(json_object_get(json, "$ref"));
	const char *key;
	json_t *value;
	size_t i;

	if (ref) {
		char path[200];

		CHECK(strncmp(ref, "#/", 2) == 0);
		(void)snprintf(path, sizeof(path), "%s", ref + 2);
		for (char *c = path; *c; c++)
			*c = *c == '/' ? ' ' : *c;
		if (!at(all, path))
			fprintf(stderr, "%s\n", ref);
		CHECK(at(all, path));
	}
	json_object_foreach(json, key, value) refs_check(all, value);
	json_array_foreach(json, i, value) refs_check(all, value);
}

static bool
has_tag(const json_t *all, const char *name)
{
	const json_t *tags = json_object_get(all, "tags");
	bool found = false;

	for (size_t i = 0; !found && i < json_array_size(tags); i++)
		found = strcmp(json_string_value(at(json_array_get(tags, i), "name")), name) == 0;
	return found;
}

TEST(describe_names_nothing_that_is_not_there)
{
	DESCRIBED t;
	const char *path;
	const char *method;
	json_t *item;
	json_t *operation;

	described_open(&t);
	refs_check(t.json, t.json);
	json_object_foreach(json_object_get(t.json, "paths"), path, item)
	{
		json_object_foreach(item, method, operation)
			CHECK(has_tag(t.json, json_string_value(at(operation, "tags 0"))));
	}
}

TEST(describe_gives_each_register_its_fields)
{
	DESCRIBED t;
	const json_t *out;
	const json_t *in;

	described_open(&t);
	out = at(t.json, "components schemas record_ticket properties");
	in = at(t.json, "components schemas values_ticket properties");
	CHECK(is_json(at(out, "what"), "{\"title\": \"What\", \"description\": \"In words\", "
				       "\"type\": [\"string\", \"null\"]}"));
	CHECK(is_json(at(out, "kind enum"), "[\"one\", \"two\", null]"));
	CHECK(is_json(at(out, "state enum"), "[\"open\", \"granted\", \"refused\", null]"));
	CHECK(is_json(at(out, "cost type"), "[\"string\", \"null\"]"));
	CHECK(is_json(at(out, "id pattern"), "\"^TKT-[1-9][0-9]*$\""));
	CHECK(is_json(at(out, "asks anyOf"),
		      "[{\"$ref\": \"#/components/schemas/reference\"}, {\"type\": \"null\"}]"));
	CHECK(is_json(at(out, "asks x-registers"), "[\"person\"]"));
	CHECK(is_json(at(out, "steps items properties at format"), "\"date-time\""));
	/* To write it, a reference may be a key; and who decides signs with that step. */
	CHECK(is_json(at(in, "asks anyOf 0"), "{\"type\": \"string\"}"));
	CHECK(is_json(at(in, "others items anyOf 0"), "{\"type\": \"string\"}"));
	CHECK(is_json(at(in, "decided_by x-signs"), "[\"granted\", \"refused\"]"));
	CHECK(!at(in, "asks x-signs") && !at(out, "decided_by x-signs"));
}

TEST(describe_gives_each_register_its_paths)
{
	DESCRIBED t;
	const json_t *post;

	described_open(&t);
	post = at(t.json, "paths /api/v1/registers/ticket/records post");
	CHECK(is_json(at(post, "requestBody content application/json schema"),
		      "{\"$ref\": \"#/components/schemas/values_ticket\", "
		      "\"required\": [\"what\"]}"));
	CHECK(is_json(at(post, "responses 201 content application/json schema"),
		      "{\"$ref\": \"#/components/schemas/record_ticket\"}"));
	CHECK(at(post, "responses 201 headers Location") && !at(post, "responses 200"));
	CHECK(at(t.json, "paths /api/v1/registers/ticket/records get responses 200"));
	/* What Holdfast alone writes can only be read. */
	CHECK(at(t.json, "paths /api/v1/registers/seal/records get"));
	CHECK(!at(t.json, "paths /api/v1/registers/seal/records post"));
	CHECK(!at(t.json, "components schemas values_seal"));
}

TEST(describe_has_another_tag_for_another_plan)
{
	DESCRIBED t;
	struct description again = {0};
	struct err e = {0};

	described_open(&t);
	CHECK(!api_describe(t.content.model, false, &t.content.arena, &again, &e));
	CHECK(str_eq(again.text, t.d.text) && str_eq(again.tag, t.d.tag));
	CHECK(t.d.tag.len == 18 && t.d.tag.ptr[0] == '"' && t.d.tag.ptr[17] == '"');
	content_put(&t.content, "registers/ticket.yaml", NULL);
	CHECK(content_load(&t.content));
	CHECK(!api_describe(t.content.model, false, &t.content.arena, &again, &e));
	CHECK(!str_eq(again.tag, t.d.tag));
}
