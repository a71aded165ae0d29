/* assurance.h -- requirements, assessments, approvals, reviews, audits, reports, evidence, waivers.
 */
#ifndef DEMO_ASSURANCE_H
#define DEMO_ASSURANCE_H

#include "demo/kind.h"

extern const struct kind requirement_kind, assessment_kind, approval_kind, review_kind,
	validation_kind, audit_kind, report_kind, evidence_kind, waiver_kind;

/* Day of the last validation of a member's briefings. */
int64_t validation_day(const struct scene *v, int member);
/* Its key, and whether it failed. */
bool validation_key(const struct scene *v, int member, char out[DEMO_KEY_SIZE]);

#endif
