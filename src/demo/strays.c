#include "demo/strays.h"

enum { ROLL_STRAY = 1900, STRAYS = 3, STRAY_OF_100 = 40 };

static int64_t
count_strays(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : STRAYS;
}

/* The scanner sees a device that no inventory names, or does not know what day it is. */
static bool
make_stray(const struct scene *v, int64_t index, struct row *r)
{
	const char *code = demo_parties[v->org].code;

	if (world_roll(v->w, ROLL_STRAY, index * DEMO_ORGS + v->org, v->abs) % 100 >= STRAY_OF_100)
		return false;
	row_format(r, "key", "%s-X%lld%lld-EPS", code, (long long)v->abs, (long long)index);
	row_format(r, "asset", index == 0 ? "%s-SYS-0-FW" : "%s-UNKNOWN", code);
	if (index == 0)
		row_text(r, "reported_at", "2026-02-31T09:00:00Z");
	else
		row_at(r, "reported_at", world_at(v->w, v->asof, 20, 0));
	row_bool(r, "malware_running", false);
	return true;
}

const struct kind stray_kind = {
	.reg = "endpoint_status",
	.columns = {"key", "asset", "reported_at", "malware_running"},
	.count = count_strays,
	.make = make_stray,
};
