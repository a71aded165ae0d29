/* work.h -- what there is to do for somebody: cells of obligations that his roles own, and records
 * that wait for a decision which he may take.
 *
 * A record waits for a decision where a step that leads on from its state is for some roles and
 * keeps some people apart (docs/access.md), and no other step leads on: one to a state that is the
 * end, such as to withdraw it, is no way on. Which registers have such steps their own files say.
 */
#ifndef DUTY_WORK_H
#define DUTY_WORK_H

#include "check/posture.h"
#include "record/step.h"

enum work_kind { WORK_FAILING, WORK_DECISION, WORK_DUE, WORK_UNPROVEN, WORK_KINDS };
extern const char *const work_kind_names[WORK_KINDS];

struct work {
	enum work_kind kind;
	const struct posture_cell *cell; /* NULL of a decision */
	/* Of a decision. */
	const struct reg *reg;
	int64_t record;
	struct str key, organisation_key;
	struct str state, in_state_since;
	struct steps steps; /* that he may take */
};

struct work_question {
	int64_t days;	/* unproven cells are due whose period ends within so many */
	unsigned kinds; /* a bit for each that is asked for; 0 for all */
	int64_t limit;
};

struct work_list {
	struct work *rows; /* by kind; of one kind the longest failing, or first due, first */
	size_t count;
	int64_t totals[WORK_KINDS];
	bool decisions_are_all; /* else there are at least so many */
};

/* For whom the context serves. Lives in its arena. */
MUST_CHECK enum err_code work_read(struct ctx *ctx, const struct work_question *q,
				   struct work_list *ret_list);

/* Whether one of the roles that own the obligation is his, in rows of that organisation. */
bool work_owns(const struct who *who, const struct obligation *o, int64_t organisation);

/* Whether records of the register in that state wait for a decision; and whether a role of his is
 * one that decides there, which of which records is looked at record by record. */
bool work_waits(const struct reg *r, struct str state);
bool work_may_decide(const struct who *who, const struct reg *r, struct str state);

/* The record, and the steps that decide and that he may take. Lives in the context's arena. */
MUST_CHECK enum err_code work_decision(struct ctx *ctx, int64_t id, struct record *ret_record,
				       struct steps *ret_steps);

#endif
