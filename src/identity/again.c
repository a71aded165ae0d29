#include "identity/again.h"

#include "identity/identity_priv.h"

static enum err_code
nobody(struct err *e)
{
	return err_set(e, ERR_DENIED, "", "whoever asked for it may do nothing any more");
}

static enum err_code
login_again(const struct from *f, const struct again *a, int64_t now, struct who *ret_who)
{
	struct login login;
	bool found = false, out = false;
	enum err_code rc = login_of_id(f, a->login, &login, &found);

	if (!rc && !(found && login.enabled))
		rc = nobody(f->e);
	if (!rc)
		rc = who_load(f, &login, now, ret_who, &out);
	if (rc || out)
		return rc ? rc : nobody(f->e);
	ret_who->second_factor = a->second_factor;
	ret_who->second_factor_due = ret_who->second_factor_due && !a->second_factor;
	ret_who->writes = true;
	ret_who->all_registers = true;
	return ERR_NONE;
}

static enum err_code
session_again(const struct from *f, int64_t id, int64_t now, struct who *ret_who)
{
	struct session_row r;
	enum err_code rc = session_of(f, id, now, &r);

	return rc ? rc : session_who(f, &r, now, ret_who);
}

struct again
again_of(const struct who *who)
{
	return (struct again){.login = who->login,
			      .session = who->session,
			      .token = who->token,
			      .second_factor = who->second_factor};
}

enum err_code
identity_again(const struct visit *v, const struct again *a, struct who *ret_who)
{
	const struct from f = from_visit(v);
	int64_t now = clock_now(&v->ctx->clock);
	struct who who = {0};
	enum err_code rc;

	if (a->token)
		rc = token_who(&f, a->token, now, &who);
	else if (a->session)
		rc = session_again(&f, a->session, now, &who);
	else
		rc = login_again(&f, a, now, &who);
	if (!rc && (who.second_factor_due || who.enrolment_due))
		rc = nobody(f.e);
	if (!rc)
		*ret_who = who;
	return rc;
}
