#include "demo/world.h"

#include <string.h>

/* Invented organisations. The order is that of enum: integrator, client, members. */
const struct party demo_parties[DEMO_ORGS] = {
	{"harrowmere",  "HM", "integrator", "Harrowmere Service Integration", 0,	0 },
	{"lantern",	    "LC", "client",	    "Lantern Counters",		6,  0 },
	{"tallowbrook", "TB", "member",	"Tallowbrook Networks",		20, 20},
	{"quillstone",  "QS", "member",     "Quillstone Software",	      18, 24},
	{"marrowdale",  "MD", "member",     "Marrowdale Print and Mail",	    12, 0 },
	{"ospreyvale",  "OV", "member",     "Osprey Vale Field Services",     18, 26},
	{"kestrelby",   "KB", "member",     "Kestrelby Data Centres",		14, 12},
	{"nimbusforth", "NF", "member",	"Nimbusforth Hosting",	       12, 18},
};

enum { TALLOWBROOK = 2, QUILLSTONE, MARROWDALE, OSPREYVALE, KESTRELBY, NIMBUSFORTH };

/* What is worse than ordinary somewhere, and for how many months up to now. */
static const struct trait {
	int org;
	enum flaw flaw;
	int per_mille;
	int months;
} traits[] = {
	/* Nobody tells the directory team of Quillstone who leaves, since its HR moved away. */
	{QUILLSTONE,     LEAVER_LATE,	  450,  9 },
	{QUILLSTONE,     LEAVER_NEVER,	   250,	9 },
	{QUILLSTONE,     PASS_KEPT,	500,  9 },
	{QUILLSTONE,     REVIEW_PASSWORD,  1000, 5 },
 /* A batch of laptops came to Osprey Vale without encryption. */
	{OSPREYVALE,     DISK_CLEAR,	 620,  6 },
 /* Nimbusforth hands privileged passwords around. */
	{NIMBUSFORTH,    ACCOUNT_VAULT,    300,  12},
	{NIMBUSFORTH,    ACCOUNT_CHANNEL,  160,  12},
	{NIMBUSFORTH,    SERVICE_CHANGE,   250,  12},
 /* Kestrelby has put off the review of its firewalls, by leave of the client's SIRO. */
	{KESTRELBY,	    REVIEW_FIREWALL,  1000, 8 },
 /* The integrator is short of people and skips reviews. */
	{ORG_INTEGRATOR, REVIEW_ACCOUNT,	 1000, 4 },
	{ORG_INTEGRATOR, REVIEW_HANDLING,  1000, 5 },
	{ORG_INTEGRATOR, APPRAISAL_MISSED, 120,	6 },
};

/* Of the ordinary frequency: what Tallowbrook allows itself, and the estate of a large demo. */
enum { PERFECT_DIVISOR = 8, MARROWDALE_SILENT = 2, EARLY_IN_MONTH = 6 };

static const int ordinary[FLAWS] = {
#define FLAW(name, per_mille) [name] = per_mille,
#include "demo/flaws.def"
#undef FLAW
};

int
story_per_mille(const struct world *w, enum flaw flaw, int org, int64_t abs)
{
	int64_t last = w->first + w->months - 1;

	for (size_t i = 0; i < COUNT_OF(traits); i++) {
		if (traits[i].org == org && traits[i].flaw == flaw && abs > last - traits[i].months)
			return traits[i].per_mille;
	}
	return org == TALLOWBROOK ? ordinary[flaw] / PERFECT_DIVISOR : ordinary[flaw];
}

bool
story_delivers(const struct world *w, int org, const char *source, int month)
{
	int left = w->months - 1 - month;
	int silent = MARROWDALE_SILENT;

	if (month == 0)
		return true;
	/* In the first days of a month, the last delivery would still be fresh. */
	if (civil_from_days(zone_date(w->zone, w->now_ms)).day < EARLY_IN_MONTH)
		silent++;
	if (org == MARROWDALE)
		return left >= silent;
	/* Kestrelby's scanner and inventory come late now and then. */
	if (org == KESTRELBY && (strcmp(source, "scanner") == 0 || strcmp(source, "cmdb") == 0))
		return left == 0 || month % 5 != 3;
	if (org == NIMBUSFORTH && strcmp(source, "directory") == 0)
		return left == 0 || month % 7 != 4;
	return true;
}
