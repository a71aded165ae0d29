#include "access/holding.h"

#include "base/civil.h"
#include "identity/identity_priv.h"
#include "model/sql.h"
#include "store/find.h"

#include <string.h>

/* What of the registers it needs must be in the plan; where it is not, nobody has roles. */
static bool
plan_has(const struct model *m, const char *reg, const char *const *fields, size_t count)
{
	const struct reg *r = model_reg(m, str_of(reg));

	for (size_t i = 0; r && i < count; i++) {
		if (!reg_field(r, str_of(fields[i])))
			return false;
	}
	return r != NULL;
}

static struct str
today_of(const struct from *f, int64_t now)
{
	char *date = arena_alloc(f->arena, CIVIL_DATE_LEN + 1);

	civil_format_date(zone_date(f->ctx->zone, now), date);
	return str_of(date);
}

/* The last working day itself still counts; who came back since works again. */
static enum err_code
person_load(const struct from *f, struct who *who, struct str today, bool *ret_out)
{
	static const char *const fields[] = {"employer", "leave_date", "start_date"};
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	*ret_out = true;
	if (!plan_has(f->ctx->model, "person", fields, COUNT_OF(fields)))
		return ERR_NONE;
	rc = db_prepare(f->db,
			"select coalesce(p.employer, p.organisation), case when coalesce(p.state, "
			"'engaged') <> 'left' and (p.leave_date is null or p.leave_date >= :today "
			"or (p.start_date > p.leave_date and p.start_date <= :today)) then 0 else "
			"1 end from person p where p.id = :id",
			&s, f->e);
	if (rc)
		return rc;
	db_bind_text(s, db_param(s, "today"), today);
	db_bind_int(s, db_param(s, "id"), who->person);
	rc = db_step(s, &row, f->e);
	if (rc || !row)
		return rc;
	*ret_out = db_int(s, 1) != 0;
	if (!who->organisation)
		who->organisation = db_int(s, 0);
	return ERR_NONE;
}

/* Whose record that is; 0 when it is not there. */
static enum err_code
owner_find(const struct from *f, int64_t id, int64_t *ret_organisation)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg_of_id(f->ctx->model, id);
	struct db_find find = {.values = {db_of_int(id)}};

	*ret_organisation = 0;
	if (!r)
		return ERR_NONE;
	sql_from(r, "t.organisation", "where t.id = :id", &sql);
	find.sql = sql.data;
	return db_find_int(f->db, &find, ret_organisation, NULL, f->e);
}

/* An assignment as its record says it. */
struct assignment {
	struct str role;
	int64_t holder; /* the organisation that keeps the record */
	int64_t scope;
};

/* The roles that somebody holds, while they are gathered. */
struct holder {
	struct who_role *roles;
	size_t count;
	size_t cap;
	const struct holdings *holdings;
};

static void
role_add(const struct from *f, struct holder *h, struct who_role role)
{
	h->roles = arena_room(f->arena, h->roles, h->count, &h->cap, sizeof(*h->roles));
	h->roles[h->count++] = role;
}

/* Where it holds (access/holding.h). What it is limited to lies in the rows of an organisation,
 * which it must reach: that is the narrowest. Else it is one's own rows about that. */
static enum err_code
role_place(const struct from *f, const struct assignment *a, const struct role *role,
	   struct holder *h)
{
	const struct holding holding = holding_of(h->holdings, role, a->holder, f->arena);
	int64_t owner = 0;
	enum err_code rc = ERR_NONE;

	if (a->scope)
		rc = owner_find(f, a->scope, &owner);
	if (rc)
		return rc;
	if (owner && holding_has(&holding, owner)) {
		role_add(f, h,
			 (struct who_role){.role = role,
					   .organisation = owner,
					   .limit = a->scope == owner ? 0 : a->scope});
		return ERR_NONE;
	}
	if (holding.all)
		role_add(f, h, (struct who_role){.role = role, .limit = a->scope});
	for (size_t i = 0; !holding.all && i < holding.count; i++)
		role_add(f, h,
			 (struct who_role){.role = role,
					   .organisation = holding.organisations[i],
					   .limit = a->scope});
	return ERR_NONE;
}

static const char roles_sql[] =
	"select r.role, r.organisation, r.scope from role_assignment r where r.person = :person "
	"and coalesce(r.state, 'current') not in ('proposed', 'ended') "
	"and (r.valid_from is null or r.valid_from <= :today) "
	"and (r.valid_to is null or r.valid_to >= :today) order by r.id";

static enum err_code
assignments_load(const struct from *f, const struct who *who, struct str today,
		 struct assignment **ret_list, size_t *ret_count)
{
	static const char *const fields[] = {"person", "role", "scope", "valid_from", "valid_to"};
	struct assignment *list = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = ERR_NONE;
	bool row;

	*ret_count = 0;
	if (!who->person || !plan_has(f->ctx->model, "role_assignment", fields, COUNT_OF(fields)))
		return ERR_NONE;
	rc = db_prepare(f->db, roles_sql, &s, f->e);
	if (rc)
		return rc;
	db_bind_int(s, db_param(s, "person"), who->person);
	db_bind_text(s, db_param(s, "today"), today);
	while (!(rc = db_step(s, &row, f->e)) && row) {
		list = arena_room(f->arena, list, count, &cap, sizeof(*list));
		list[count++] = (struct assignment){.role = str_dup(f->arena, db_text(s, 0)),
						    .holder = db_int(s, 1),
						    .scope = db_is_null(s, 2) ? 0 : db_int(s, 2)};
	}
	*ret_list = list;
	*ret_count = count;
	return rc;
}

static enum err_code
roles_load(const struct from *f, struct who *who, struct str today)
{
	struct assignment *list = NULL;
	struct holder h = {0};
	size_t count;
	enum err_code rc = assignments_load(f, who, today, &list, &count);

	if (!rc && count > 0)
		rc = holdings_load(f->db, f->ctx->model, f->arena, &h.holdings, f->e);
	for (size_t i = 0; !rc && i < count; i++) {
		const struct role *role = model_role(f->ctx->model, list[i].role);

		/* The plan may have lost it since it was assigned. */
		if (role)
			rc = role_place(f, &list[i], role, &h);
	}
	who->roles = h.roles;
	who->role_count = h.count;
	return rc;
}

static bool
sees_all(const struct who *who)
{
	for (size_t i = 0; i < who->role_count; i++) {
		if (who->roles[i].organisation == 0)
			return true;
	}
	return false;
}

static enum err_code
organisations_all(const struct from *f, struct who *who)
{
	int64_t *list = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(f->db, "select o.id from organisation o order by o.id", &s, f->e);
	bool row;

	while (!rc && !(rc = db_step(s, &row, f->e)) && row) {
		list = arena_room(f->arena, list, count, &cap, sizeof(*list));
		list[count++] = db_int(s, 0);
	}
	who->organisations = list;
	who->organisation_count = count;
	return rc;
}

static void
organisation_note(int64_t *list, size_t *count, int64_t organisation)
{
	size_t at = 0;

	while (at < *count && list[at] < organisation)
		at++;
	if (at < *count && list[at] == organisation)
		return;
	memmove(list + at + 1, list + at, (*count - at) * sizeof(*list));
	list[at] = organisation;
	(*count)++;
}

/* Its own, and those in whose rows it holds a role. */
static enum err_code
organisations_load(const struct from *f, struct who *who)
{
	int64_t *list;

	if (sees_all(who))
		return organisations_all(f, who);
	list = arena_alloc(f->arena, (who->role_count + 1) * sizeof(*list));
	if (who->organisation)
		organisation_note(list, &who->organisation_count, who->organisation);
	for (size_t i = 0; i < who->role_count; i++)
		organisation_note(list, &who->organisation_count, who->roles[i].organisation);
	who->organisations = list;
	return ERR_NONE;
}

static enum err_code
former_load(const struct from *f, const struct login *login, struct who *who)
{
	struct str *names = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		f->db, "select name from login_past_name where login = :login order by name", &s,
		f->e);
	bool row;

	if (rc)
		return rc;
	db_bind_int(s, 1, login->id);
	while (!(rc = db_step(s, &row, f->e)) && row) {
		names = arena_room(f->arena, names, count, &cap, sizeof(*names));
		names[count++] = str_dup(f->arena, db_text(s, 0));
	}
	who->former = names;
	who->former_count = count;
	return rc;
}

static bool
factor_demanded(const struct who *who)
{
	for (size_t i = 0; i < who->role_count; i++) {
		if (who->roles[i].role->second_factor)
			return true;
	}
	return who->administrator;
}

enum err_code
who_load(const struct from *f, const struct login *login, int64_t now, struct who *ret_who,
	 bool *ret_out)
{
	struct who who = {.login = login->id,
			  .name = login->name,
			  .actor = login_actor(f->arena, login->name),
			  .person = login->person,
			  .organisation = login->organisation,
			  .administrator = login->administrator,
			  .model = f->ctx->model};
	struct str today = today_of(f, now);
	enum err_code rc = ERR_NONE;

	*ret_out = false;
	/* Roles, and employment, begin and end with a day. */
	who.until = zone_day_start(f->ctx->zone, zone_date(f->ctx->zone, now) + 1);
	if (login->renamed)
		rc = former_load(f, login, &who);
	if (!rc && who.person)
		rc = person_load(f, &who, today, ret_out);
	if (!rc)
		rc = roles_load(f, &who, today);
	if (!rc)
		rc = organisations_load(f, &who);
	who.second_factor_due = login->second_factor || factor_demanded(&who);
	who.enrolment_due = who.second_factor_due && !login->second_factor;
	if (!rc)
		*ret_who = who;
	return rc;
}

enum err_code
who_provide(const struct from *f, const struct login *login, struct who *who)
{
	const struct model *m = f->ctx->model;
	struct who_role *held = arena_alloc(f->arena, sizeof(*held));
	const struct role *role = model_role_that_may(m, "provision");

	if (!role)
		return err_set(
			f->e, ERR_DENIED, "token",
			"the plan has no role that may 'provision', so it takes no directory");
	*held = (struct who_role){.role = role, .organisation = login->organisation};
	*who = (struct who){.login = login->id,
			    .name = login->name,
			    .actor = login_actor(f->arena, login->name),
			    .organisation = login->organisation,
			    .model = m,
			    .roles = held,
			    .role_count = 1,
			    .second_factor_due = login->second_factor || role->second_factor,
			    .scim = true};
	return organisations_load(f, who);
}
