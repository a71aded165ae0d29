/* lint.h -- whether a plan that loads is also right: each check is prepared and proves itself on
 * its example, and the faults of the text that the plan was made from are listed.
 */
#ifndef CHECK_LINT_H
#define CHECK_LINT_H

#include "model/model.h"

/* What the plan's text itself has wrong: by rule, and those that faults.yaml tells. */
enum lint_kind {
#define LINT_KIND(id, name, about) id,
#include "check/lint_kinds.def"
#undef LINT_KIND
	LINT_KINDS
};

const char *lint_kind_name(enum lint_kind kind);
const char *lint_kind_about(enum lint_kind kind);

struct lint_options {
	const char *store; /* where examples are tried; NULL for memory */
	bool all;	   /* lists also what touches no obligation of the plan */
};

struct lint_report {
	size_t checks;		  /* obligations with a check */
	size_t proven;		  /* of them, those whose example proves them */
	size_t edges;		  /* figures tried one higher and one lower */
	size_t kinds[LINT_KINDS]; /* how often each was found, listed or not */
};

/* Findings go to `d`: errors of the plan; warnings and notes for faults of its text. ERR_NONE
 * whenever it ran to the end. */
MUST_CHECK enum err_code lint_run(const struct model *m, const struct lint_options *o,
				  struct diags *d, struct lint_report *ret_report, struct err *e);

#endif
