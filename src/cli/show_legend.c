#include "cli/show.h"

#include <string.h>

enum { WORD_WIDTH = 17 };

static const char *const meanings[CELL_STATES] = {
	[CELL_FAILING] = "at least one record breaks the duty",
	[CELL_MISSED] = "the period ended, and the duty was not proven in it",
	[CELL_UNPROVEN] = "nothing shows that the duty is met",
	[CELL_PROVEN] = "records or accepted evidence show that the duty is met",
	[CELL_QUIET] = "nothing happened in the period that the duty has to answer",
	[CELL_WAIVED] = "tolerated for a time, by a decision that is on record",
	[CELL_NOT_APPLICABLE] = "does not apply, by a decision that is on record",
};

/* The reasons that an assessment gives by itself; others are texts of their own. */
static const struct reason {
	const char *word;
	const char *meaning;
} reasons[] = {
	{"stale_feed",      "a delivery that it needs is missing or too old"	       },
	{"empty_scope",	"no record that it could be judged by"		      },
	{"no_evidence",	"nobody has handed in evidence for the period"	      },
	{"awaiting_review", "evidence is there, and nobody else has accepted it yet"},
	{"check_error",	"its check could not run; holdfast assess says why"	   },
	{"not_assessed",	 "nobody ran an assessment near the end of the period"   },
};

static size_t
count_of(const struct posture_list *l, enum cell_state state, const char *reason)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += l->cells[i].state == state && (!reason || str_is(l->cells[i].reason, reason));
	return n;
}

void
legend_print(struct cli *c, const struct posture_list *l)
{
	for (int s = CELL_STATES - 1; s >= 0; s--) {
		if (count_of(l, (enum cell_state)s, NULL) == 0)
			continue;
		cli_print(c, "  %-*s  %s\n", WORD_WIDTH, cell_state_names[s], meanings[s]);
		for (size_t i = 0; i < COUNT_OF(reasons); i++) {
			size_t n = count_of(l, (enum cell_state)s, reasons[i].word);

			if (n > 0)
				cli_print(c, "    %-*s  %s (%zu)\n", WORD_WIDTH - 2,
					  reasons[i].word, reasons[i].meaning, n);
		}
	}
}
