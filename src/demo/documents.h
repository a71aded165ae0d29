/* documents.h -- the plan's documents, and those that the chain needs beside them. */
#ifndef DEMO_DOCUMENTS_H
#define DEMO_DOCUMENTS_H

#include "demo/kind.h"

/* Keys. Those of the plan's own list carry its number. */
#define DOC_AWARENESS "COURSE-AWARENESS"
#define DOC_ROLE_COURSE "COURSE-ROLES"
#define DOC_LAPTOP_COURSE "COURSE-LAPTOP"
#define DOC_PRIVILEGED_COURSE "COURSE-PRIVILEGED"
#define DOC_CLASSIFICATION "SMP-09"
#define DOC_PHYSICAL "SMP-17"
#define DOC_ACCESS "SMP-33"
#define DOC_PASSWORD "SMP-34"

enum { DOCS_ACKNOWLEDGED = 8, BUILDS = 4 };
extern const char *const docs_acknowledged[DOCS_ACKNOWLEDGED]; /* the last: terms and conditions */
extern const char *const docs_builds[BUILDS]; /* server, workstation, laptop, network */

/* Day from which the document is in force; NEVER for one that is only requested. */
int64_t documents_in_force(const struct world *w, const char *key);

extern const struct kind document_kind, build_checklist_kind;

#endif
