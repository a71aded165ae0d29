/* calendar.h -- what is due, and when: duties at the ends of their periods, and records at the
 * dates that their registers call due (docs/calendar.md).
 *
 * Nothing is decided here. Where a duty stands is what its cell says; which cells are to come is
 * what an assessment would make (check/posture.h); when a record is due, and in which states
 * nothing is owed any more, its register says (`due`). Days are civil days in the plan's zone.
 */
#ifndef DUTY_CALENDAR_H
#define DUTY_CALENDAR_H

#include "check/posture.h"
#include "record/step.h"

enum calendar_kind { CALENDAR_DUTY, CALENDAR_RECORD, CALENDAR_DECISION, CALENDAR_KINDS };
enum calendar_state { CALENDAR_MET, CALENDAR_DUE, CALENDAR_LATE, CALENDAR_STATES };
extern const char *const calendar_kind_names[CALENDAR_KINDS];
extern const char *const calendar_state_names[CALENDAR_STATES];

/* The order of entries, and where a page ends. */
struct calendar_key {
	int64_t day;	/* since 1970-01-01 */
	int64_t at;	/* milliseconds; 0: of the whole day */
	int64_t source; /* duties first, then the due dates of one register after another's */
	int64_t of;	/* which duty, by the plan's order; or the record */
	int64_t organisation;
};

struct calendar_entry {
	struct calendar_key key;
	enum calendar_kind kind;
	enum calendar_state state;
	struct str title; /* of the duty; of the record as its register names it */
	struct str organisation_key;
	struct str stands;  /* the state of cell or record; {NULL, 0}: none yet */
	int64_t changed_at; /* milliseconds, of cell or record; 0: it is still to come */
	/* Of a duty. */
	const struct obligation *obligation; /* else NULL */
	struct str period;
	struct str proven_late_at; /* {NULL, 0}: it was not */
	/* Of a record. */
	int64_t record;
	const struct reg *reg;
	const struct due *due;
	struct str record_key;
	struct steps steps; /* of a decision: those that he may take */
};

struct calendar_question {
	int64_t from, to; /* days, both included */
	bool all;	  /* everything that he may see; else what is his */
	struct str after; /* the cursor of the page before; {NULL, 0}: the first */
	int64_t limit;	  /* 0: no end */
};

struct calendar {
	int64_t today;
	struct calendar_entry *entries; /* by their keys */
	size_t count;
	struct str next; /* cursor of the next page; {NULL, 0}: there is none */
	/* More records of one register are due on one day than are looked at
	 * (LIMIT_CALENDAR_LOOKED): some of them are left out. */
	bool leaves_out;
};

/* For whom the context serves, which must be somebody. His are the duties that a role of his owns;
 * the records whose owner he is, or that name none and that a role of his writes; and those that
 * wait for a decision which he may take. ERR_INVALID for what is no cursor. Lives in the context's
 * arena. */
MUST_CHECK enum err_code calendar_read(struct ctx *ctx, const struct calendar_question *q,
				       struct calendar *ret_calendar);

#endif
