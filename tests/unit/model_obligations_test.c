#include "model_fixture.h"
#include "test.h"

#include <string.h>

#define QUERIES                                                                                    \
	"    proof: computed\n    scope: |\n      select p.id as record\n      from person p\n"    \
	"    check: |\n      select p.id as record, 'x' as reason\n      from person p\n"

static void
refused(const char *lines, long line, const char *words)
{
	CONTENT f;

	content_open(&f);
	content_put_obligation(&f, lines);
	CHECK(!content_load(&f));
	for (const struct diag *g = f.diags.first; g; g = g->next) {
		if (g->line == line && strstr(g->message, words))
			return;
	}
	for (const struct diag *g = f.diags.first; g; g = g->next)
		(void)fprintf(stderr, "%ld: %s\n", g->line, g->message);
	CHECK(!"the complaint is missing");
}

TEST(obligations_are_read_whole)
{
	CONTENT f;
	const struct obligation *o;

	content_open(&f);
	content_put_obligation(&f, QUERIES "    example: {person: [{key: a}]}\n"
					   "    feeds: [person]\n    empty: quiet\n"
					   "    binds: [member]\n    cites: POL1\n");
	CHECK(content_load(&f));
	o = model_obligation(f.model, str_of("1-a"));
	CHECK(o && o->proof == PROOF_COMPUTED && o->cadence == CADENCE_EVENT);
	CHECK(strcmp(o->applies_to->name, "person") == 0 && o->feed_count == 1);
	CHECK(o->quiet_when_empty && strcmp(o->severity, "low") == 0);
	CHECK(o->cites.count == 1 && o->cites_place.line == 22);
	CHECK(o->scope.place.line == 13 && o->scope.place.column == 7);
	CHECK(strcmp(o->scope.text, "select p.id as record\nfrom person p\n") == 0);
	CHECK(o->example && o->place.line == 4);
	CHECK(!model_obligation(f.model, str_of("1-b")));
}

TEST(obligations_are_refused_with_what_is_missing)
{
	refused("    proof: computed\n", 4, "needs both 'scope' and 'check'");
	refused("    proof: evidence\n    scope: select id as record from person\n", 4,
		"'scope' and 'check' go together");
	refused(QUERIES, 4, "a check needs an 'example'");
	refused("    proof: atested\n", 11, "did you mean 'attested'?");
	refused("    proof: attested\n    empty: silent\n", 12, "it is one of unproven, quiet");
	refused("    proof: attested\n    binds: [membr]\n", 12,
		"'membr' is no kind of organisation");
	refused("    proof: attested\n    feeds: [persn]\n", 12, "did you mean 'person'?");
	refused("    proof: attested\n    scope: []\n", 12, "'scope' must be one select statement");
}

TEST(obligations_are_in_the_order_of_the_plan)
{
	static const char *const sections[] = {"10", "9.1.3", "9.2", "9"};
	static const char *const wanted[] = {"1-a",	"9-a",	    "9-b",   "9-aa",  "9.1.3-a",
					     "9.1.3-b", "9.1.3-aa", "9.2-a", "9.2-b", "9.2-aa",
					     "10-a",	"10-b",	    "10-aa"};
	CONTENT f;

	content_open(&f);
	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		static const char *const letters[] = {"aa", "b", "a"};
		CLEANUP(buf_fini) struct buf text = {.limit = 65536};
		CLEANUP(buf_fini) struct buf path = {.limit = 4096};

		buf_addf(&text, "section: \"%s\"\ntitle: T\nobligations:\n", sections[i]);
		for (size_t k = 0; k < COUNT_OF(letters); k++)
			buf_addf(&text,
				 "  - {id: %s-%s, title: T, duty: D, owner: manager, applies_to: "
				 "person, cadence: once, severity: low, proof: attested}\n",
				 sections[i], letters[k]);
		buf_addf(&path, "plans/mini/sections/%s.yaml", sections[i]);
		content_put(&f, path.data, text.data);
	}
	CHECK(content_load(&f));
	CHECK(f.model->plan.obligation_count == COUNT_OF(wanted));
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		CHECK(strcmp(f.model->plan.obligations[i].id, wanted[i]) == 0);
}

TEST(obligations_without_a_folder_of_sections_are_refused)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, "plans/mini/sections/1.yaml", NULL);
	CHECK(content_load(&f) && f.model->plan.obligation_count == 0);
	content_put(&f, "plans/mini/sections", NULL);
	content_refused(&f, "plans/mini/sections:0:0", "sections");
}
