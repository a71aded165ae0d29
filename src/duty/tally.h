/* tally.h -- the posture in one look: for each section of the plan and each organisation, how many
 * cells are in which state. */
#ifndef DUTY_TALLY_H
#define DUTY_TALLY_H

#include "check/posture.h"

struct tally {
	const char *section; /* its number */
	size_t party;	     /* in `parties` */
	int64_t cells[CELL_STATES];
	int64_t obligations;
	int64_t failing;	    /* records, of all obligations together */
	struct str first_failed_at; /* the earliest; {NULL, 0} for none */
	enum cell_state worst;	    /* that a cell is in */
};

struct tally_party {
	int64_t id;
	struct str key, name, kind;
};

struct tallies {
	struct tally *rows; /* by the plan's order of sections, and by organisation within */
	size_t count;
	struct tally_party *parties; /* those that have a row, by number */
	size_t party_count;
};

/* Those who have one of the cells, into `parties`, which live in the arena. */
void tallies_name(struct arena *a, const struct posture_list *l, struct tallies *t);

/* One cell more of a section or of whatever else `t` counts. */
void tally_add(struct tally *t, const struct posture_cell *c);

/* Of the cells that are asked for. Lives in the context's arena. */
MUST_CHECK enum err_code tallies_read(struct ctx *ctx, const struct posture_question *q,
				      struct tallies *ret_tallies);

#endif
