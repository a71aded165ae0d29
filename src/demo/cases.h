/* cases.h -- breaches, gaps and what was done about them. */
#ifndef DEMO_CASES_H
#define DEMO_CASES_H

#include "demo/kind.h"

extern const struct kind finding_kind, validation_finding_kind, escalation_kind, case_kind,
	case_approval_kind, action_kind, agreement_kind;

#endif
