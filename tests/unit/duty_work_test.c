#include "duty/work.h"

#include "model_fixture.h"
#include "test.h"

#define THING                                                                                      \
	"name: thing\ncode: 7\nprefix: THG\ntitle: Things\nfields:\n"                              \
	"  - {name: giver, type: ref, to: [thing]}\n"

static const char thing_path[] = "registers/thing.yaml";

/* Whether a thing in `state` waits, with those states and steps. */
static bool
waits(const char *states_and_steps, const char *state)
{
	CONTENT f;
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	bool waits;

	content_open(&f);
	buf_addf(&text, "%s%s", THING, states_and_steps);
	content_put(&f, thing_path, text.data);
	CHECK(content_load(&f));
	waits = work_waits(model_reg(f.model, str_of("thing")), str_of(state));
	return waits;
}

#define GUARDED "  - {from: asked, to: granted, who: [manager], not: [giver]}\n"

TEST(work_waits_where_the_only_way_on_is_a_decision_that_keeps_somebody_apart)
{
	static const char two[] = "states: [asked, granted, refused]\ntransitions:\n" GUARDED
				  "  - {from: asked, to: refused, who: [manager]}\n";

	CHECK(waits(two, "asked"));
	CHECK(!waits(two, "granted"));
	CHECK(!waits(two, "refused"));
	/* The writer is kept apart, too, and those outside of whom it is decided. */
	CHECK(waits("states: [asked, granted]\ntransitions:\n"
		    "  - {from: asked, to: granted, who: [manager], not: [writer]}\n",
		    "asked"));
	CHECK(waits("states: [asked, granted]\ntransitions:\n"
		    "  - {from: asked, to: granted, who: [manager], outside: [auditor]}\n",
		    "asked"));
}

TEST(work_waits_not_for_what_anybody_moves_on_or_nobody_is_kept_from)
{
	/* To withdraw it is no way on; to treat it is. */
	CHECK(waits("states: [asked, granted, withdrawn]\ntransitions:\n" GUARDED
		    "  - {from: asked, to: withdrawn}\n",
		    "asked"));
	CHECK(!waits("states: [asked, granted, treated, done]\ntransitions:\n" GUARDED
		     "  - {from: asked, to: treated}\n  - {from: treated, to: done}\n",
		     "asked"));
	/* What can be revoked is decided. */
	CHECK(!waits("states: [asked, granted, revoked]\ntransitions:\n" GUARDED
		     "  - {from: granted, to: revoked, who: [manager]}\n",
		     "granted"));
	CHECK(!waits("states: [asked, granted]\ntransitions:\n"
		     "  - {from: asked, to: granted, not: [giver]}\n",
		     "asked"));
}
