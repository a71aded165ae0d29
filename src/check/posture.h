/* posture.h -- what the last assessment decided, for those who ask. */
#ifndef CHECK_POSTURE_H
#define CHECK_POSTURE_H

#include "access/ctx.h"
#include "check/cells.h"

struct posture_cell {
	int64_t id;
	const struct obligation *obligation;
	int64_t organisation;
	struct str organisation_key;
	struct str organisation_name;
	struct str organisation_kind;
	struct str period;
	struct str period_to; /* a date */
	enum cell_state state;
	struct str reason; /* {NULL, 0} for none */
	int64_t tested;
	int64_t failing;
	struct str first_failed_at; /* {NULL, 0} for none */
	enum cell_state worst;
	int64_t failed_hours;
	struct str changed_at;
	struct str proven_late_at; /* {NULL, 0} for none */
	struct str plan_hash;	   /* of the plan that decided it */
};

struct posture_list {
	struct posture_cell *cells;
	size_t count;
};

/* Texts live until the next row. */
struct posture_failure {
	int64_t id;
	struct str obligation_id;
	int64_t record;
	struct str register_name;
	struct str key; /* of the record; {NULL, 0} when it is not current any more */
	struct str organisation_key;
	struct str reason;
	struct str first_failed_at;
	struct str fixed_at; /* {NULL, 0} while it fails */
	int64_t waiver;	     /* 0 for none */
};

/* What is asked for; a member that is zero asks for all. */
struct posture_question {
	const char *obligation; /* id */
	int64_t organisation;
	int64_t record;
	const char *section; /* of cells: its number */
	unsigned states;     /* of cells: a bit for each cell_state */
	const char *day;     /* of cells: those whose period holds this date; today unless said */
	bool all_periods;    /* of cells: all that there are, whatever the day */
	/* Of cells: those whose period ends on one of these days, whatever else; or NULL. */
	const char *ends_from, *ends_to;
	/* Of cells: whether those of the obligation and organisation are asked for; or NULL. */
	bool (*wants)(const void *object, const struct obligation *o, int64_t organisation);
	const void *object;
	bool fixed_too;	   /* of failures: those that were put right */
	bool waived_too;   /* of failures: those that a waiver tolerates */
	const char *since; /* of failures: those that began at this instant or later */
};

/* By the plan's order of obligations, then by organisation, newest period first. Lives in the
 * arena. */
MUST_CHECK enum err_code posture_cells(struct ctx *ctx, const struct posture_question *q,
				       struct arena *a, struct posture_list *ret_list);
/* The cells that an assessment would make, by what it knows now, in periods that end from today on
 * and for which there is none yet (`ends_from` and `ends_to` are asked, and `wants`). `known` is
 * what posture_cells gives for the question. Of each the obligation, organisation and period are
 * set, and no state. Those of a duty that has to be done once are not to come. In no order. Lives
 * in the context's arena. */
MUST_CHECK enum err_code posture_ahead(struct ctx *ctx, const struct posture_question *q,
				       const struct posture_list *known,
				       struct posture_list *ret_list);
/* By obligation, then oldest first. */
MUST_CHECK enum err_code
posture_failures(struct ctx *ctx, const struct posture_question *q,
		 void (*take)(void *object, const struct posture_failure *f), void *object);

/* The last successful delivery of one source into one register. Texts live until the next row. */
struct posture_feed {
	struct str register_name;
	struct str source;
	struct str delivered_at;
	int64_t age_days; /* civil days in the plan's zone */
	int64_t max_age_days;
};
MUST_CHECK enum err_code posture_feeds(struct ctx *ctx, int64_t organisation,
				       void (*take)(void *object, const struct posture_feed *f),
				       void *object);

/* When the last assessment was, as an instant's text; {NULL, 0} when there was none. */
MUST_CHECK enum err_code posture_assessed(struct ctx *ctx, struct str *ret_instant);

#endif
