#include "access/who.h"

#include "model/bind.h"

static bool
holds_there(const struct who_role *r, int64_t organisation)
{
	return r->organisation == 0 || r->organisation == organisation;
}

bool
who_holds(const struct who *w, struct str role, int64_t organisation)
{
	for (size_t i = 0; i < w->role_count; i++) {
		if (str_is(role, w->roles[i].role->name) && holds_there(&w->roles[i], organisation))
			return true;
	}
	return false;
}

bool
who_may(const struct who *w, struct str what, int64_t organisation)
{
	for (size_t i = 0; i < w->role_count; i++) {
		if (words_have(&w->roles[i].role->may, what) &&
		    holds_there(&w->roles[i], organisation))
			return true;
	}
	return false;
}

bool
who_sees(const struct who *w, int64_t organisation)
{
	for (size_t i = 0; i < w->organisation_count; i++) {
		if (w->organisations[i] == organisation)
			return true;
	}
	return false;
}

bool
who_reaches(const struct who *w, struct str reg)
{
	return w->all_registers || words_have(&w->registers, reg);
}
