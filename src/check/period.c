#include "check/period.h"

#include "base/civil.h"

#include <stdio.h>

enum { FIRST_YEAR = 1, LAST_YEAR = 9999 };

/* `months` months that begin with a multiple of as many. */
static struct period
months_of(int64_t day, int months)
{
	struct civil c = civil_from_days(day);
	struct period p;

	c.month = (c.month - 1) / months * months + 1;
	c.day = 1;
	p.from = civil_days(c);
	if (months == 1)
		(void)snprintf(p.name, sizeof(p.name), "%04d-%02d", c.year, c.month);
	else if (months == 3)
		(void)snprintf(p.name, sizeof(p.name), "%04d-Q%d", c.year, (c.month + 2) / 3);
	else
		(void)snprintf(p.name, sizeof(p.name), "%04d", c.year);
	c.month += months - 1;
	c.day = civil_month_length(c.year, c.month);
	p.to = civil_days(c);
	return p;
}

struct period
period_of(enum cadence cadence, int64_t day)
{
	switch (cadence) {
	case CADENCE_CONTINUOUS:
	case CADENCE_DAILY:
	case CADENCE_MONTHLY:
	case CADENCE_EVENT:
	case CADENCE_AS_SCHEDULED:
		break;
	case CADENCE_QUARTERLY:
		return months_of(day, 3);
	case CADENCE_ANNUAL:
		return months_of(day, 12);
	case CADENCE_ONCE:
		return (struct period){.name = "once",
				       .from = civil_days((struct civil){FIRST_YEAR, 1, 1}),
				       .to = civil_days((struct civil){LAST_YEAR, 12, 31})};
	}
	return months_of(day, 1);
}

struct period
period_next(enum cadence cadence, const struct period *p)
{
	return cadence == CADENCE_ONCE ? *p : period_of(cadence, p->to + 1);
}
