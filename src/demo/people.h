/* people.h -- what follows from who somebody is, for the kinds that need the same answer. */
#ifndef DEMO_PEOPLE_H
#define DEMO_PEOPLE_H

#include "demo/kind.h"

/* Works on the client's account, as far as the register says so. */
bool person_on_account(const struct scene *v, const struct person *p);
bool person_has_privileges(const struct scene *v, const struct person *p);
/* Has a laptop rather than a workstation. */
bool seat_has_laptop(const struct scene *v, int org, int64_t seat);
/* The seat of the line manager. */
int64_t manager_seat(int org);

extern const struct kind person_kind, role_kind, training_kind, clearance_kind,
	acknowledgement_kind, pass_kind, appraisal_kind, leaver_case_kind, leaver_checklist_kind,
	leaver_notice_kind;

#endif
