#include "access/grant.h"

static const struct {
	const char *does; /* "none of your roles ..." */
	unsigned grant;
} acts[ACTS] = {
	[ACT_READ] = {"reads",	       GRANT_READ	 },
	     [ACT_CREATE] = {"adds to",	GRANT_WRITE },
	[ACT_UPDATE] = {"changes",	   GRANT_WRITE },
	     [ACT_RETIRE] = {"retires from", GRANT_RETIRE},
	[ACT_TRANSITION] = {"changes",      GRANT_WRITE },
	     [ACT_IMPORT] = {"writes",       GRANT_WRITE },
	[ACT_EXPORT] = {"reads",	 GRANT_READ  },
};

static bool
is_about(const struct grant_row *row, int64_t limit)
{
	for (size_t i = 0; i < row->about_count; i++) {
		if (row->about[i] == limit)
			return true;
	}
	return false;
}

/* Whether a role is held for the row; to read it, whatever the role is limited to. */
static bool
reaches(const struct who_role *held, const struct grant_row *row, bool reads)
{
	if (row->any)
		return true;
	if (held->organisation && held->organisation != row->organisation)
		return false;
	return reads || row->unlimited || !held->limit || is_about(row, held->limit);
}

const struct reg *
grant_reg(const struct model *m, const struct who *w, const struct reg *r)
{
	return w->model == m ? r : model_reg_by_code(w->model, r->code);
}

/* `r` is a register of the present plan. */
static bool
holds(const struct who *w, const struct reg *r, unsigned grant, const struct grant_row *row)
{
	for (size_t i = 0; i < w->role_count; i++) {
		if ((model_grant(w->model, w->roles[i].role, r) & grant) &&
		    reaches(&w->roles[i], row, grant == GRANT_READ))
			return true;
	}
	return false;
}

bool
grant_holds(const struct who *w, const struct words *words, const struct grant_row *row)
{
	for (size_t i = 0; i < w->role_count; i++) {
		if (role_is_among(w->roles[i].role, words) && reaches(&w->roles[i], row, false))
			return true;
	}
	return false;
}

enum refusal
grant_refusal(const struct model *m, const struct who *w, const struct reg *r, enum act act,
	      const struct grant_row *row)
{
	unsigned grant = acts[act].grant;

	if (!w)
		return REFUSAL_NONE;
	if (w->second_factor_due)
		return REFUSAL_FACTOR;
	r = grant_reg(m, w, r);
	if (!r)
		return row->any ? REFUSAL_ROLE : REFUSAL_UNSEEN;
	/* A calendar is read by programs elsewhere. */
	if (!who_reaches(w, str_of(r->name)) || (w->calendar && r->restricted))
		return REFUSAL_SCOPE;
	if (!holds(w, r, GRANT_READ, row))
		return row->any ? REFUSAL_ROLE : REFUSAL_UNSEEN;
	if (grant == GRANT_READ)
		return REFUSAL_NONE;
	if (r->kernel)
		return REFUSAL_KERNEL;
	if (!w->writes)
		return REFUSAL_SCOPE;
	if (grant == GRANT_RETIRE && r->keeps)
		return REFUSAL_KEEPS;
	return holds(w, r, grant, row) ? REFUSAL_NONE : REFUSAL_ROLE;
}

bool
grant_reads(const struct model *m, const struct who *w, const struct reg *r, int64_t organisation)
{
	const struct grant_row row = {.organisation = organisation};

	return grant_refusal(m, w, r, ACT_READ, &row) == REFUSAL_NONE;
}

bool
grant_reads_about(const struct model *m, const struct who *w, const struct reg *r, int64_t about)
{
	const struct grant_row any = {.any = true};
	const struct reg *target = w && r->follows ? model_reg_of_id(m, about) : NULL;

	return !target || grant_refusal(m, w, target, ACT_READ, &any) == REFUSAL_NONE;
}

const int64_t *
grant_hidden(const struct model *m, const struct who *w, const struct reg *r, struct arena *a,
	     size_t *ret_count)
{
	int64_t *codes = arena_alloc(a, (m->reg_count + 1) * sizeof(*codes));
	size_t count = 0;

	for (size_t i = 0; i < m->reg_count; i++) {
		if (!grant_reads_about(m, w, r, m->regs[i]->code << ID_CODE_SHIFT))
			codes[count++] = m->regs[i]->code;
	}
	*ret_count = count;
	return codes;
}

enum err_code
grant_some(const struct model *m, const struct who *w, const struct reg *r, enum act act,
	   struct err *e)
{
	const struct grant_row row = {.any = true};

	return grant_error(m, r, act, grant_refusal(m, w, r, act, &row), e);
}

/* "hr, vetting_team": the roles that may, a few of them. */
static void
roles_that_may(const struct model *m, const struct reg *r, unsigned grant, struct buf *out)
{
	enum { SHOWN = 4 };
	size_t count = 0;

	for (size_t i = 0; i < m->plan.role_count; i++) {
		const struct role *role = &m->plan.roles[i];

		if ((model_grant(m, role, r) & grant) == 0)
			continue;
		if (count < SHOWN)
			buf_addf(out, "%s%s", count ? ", " : "", role->name);
		count++;
	}
	if (count == 0)
		buf_addf(out, "no role");
	if (count > SHOWN)
		buf_addf(out, " and %zu more", count - SHOWN);
}

static enum err_code
role_error(const struct model *m, const struct reg *r, enum act act, struct err *e)
{
	CLEANUP(buf_fini) struct buf roles = {.limit = sizeof(e->message)};

	roles_that_may(m, r, acts[act].grant, &roles);
	return err_set(e, ERR_DENIED, "",
		       "none of your roles %s register '%s' there; that is for %s", acts[act].does,
		       r->name, roles.data ? roles.data : "others");
}

enum err_code
grant_error(const struct model *m, const struct reg *r, enum act act, enum refusal refusal,
	    struct err *e)
{
	switch (refusal) {
	case REFUSAL_NONE:
		break;
	case REFUSAL_UNSEEN:
		return err_set(e, ERR_MISSING, "", "there is no such record now");
	case REFUSAL_FACTOR:
		return err_set(e, ERR_DENIED, "", "give your second factor first");
	case REFUSAL_SCOPE:
		return err_set(e, ERR_DENIED, "",
			       "the token's scope does not let it %s register '%s'",
			       acts[act].grant == GRANT_READ ? "read" : "write", r->name);
	case REFUSAL_KERNEL:
		return err_set(e, ERR_DENIED, "", "register '%s' is written by Holdfast alone",
			       r->name);
	case REFUSAL_KEEPS:
		return err_set(e, ERR_DENIED, "",
			       "records of register '%s' are kept: they end by a transition, and "
			       "are not retired",
			       r->name);
	case REFUSAL_ROLE:
		return role_error(m, r, act, e);
	}
	return ERR_NONE;
}

struct sight
sight_of(const struct model *m, const struct who *w, const struct reg *r, struct arena *a)
{
	struct sight s = {.all = !w};
	const struct grant_row any = {.any = true};
	const struct reg *now;
	int64_t *seen;

	if (!w || grant_refusal(m, w, r, ACT_READ, &any))
		return s;
	now = grant_reg(m, w, r);
	seen = arena_alloc(a, (w->role_count + 1) * sizeof(*seen));
	for (size_t i = 0; !s.all && i < w->role_count; i++) {
		const struct who_role *held = &w->roles[i];
		bool known = false;

		if ((model_grant(w->model, held->role, now) & GRANT_READ) == 0)
			continue;
		s.all = held->organisation == 0;
		for (size_t k = 0; k < s.count; k++)
			known = known || seen[k] == held->organisation;
		if (!known)
			seen[s.count++] = held->organisation;
	}
	s.organisations = seen;
	return s;
}
