/* calendar.h -- what each organisation delivers in a month, in which order. */
#ifndef DEMO_CALENDAR_H
#define DEMO_CALENDAR_H

#include "demo/kind.h"

enum { STEP_KINDS = 10 };
enum whom { WHO_INTEGRATOR = 1, WHO_CLIENT = 2, WHO_MEMBERS = 4, WHO_ALL = 7 };

/* One delivery, of each organisation in turn. Records are delivered after those they refer to. */
struct step {
	const char *source;
	bool full; /* all that there is, every time; else what is new or changed */
	unsigned who;
	const struct kind *kinds[STEP_KINDS];
};
extern const struct step demo_steps[];
extern const size_t demo_step_count;

bool step_delivers(const struct step *s, const struct world *w, int org, int month);

#endif
