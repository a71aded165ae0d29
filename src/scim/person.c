/* person.c -- the person that a login is of, in the register `person`.
 *
 * A directory keeps the people that it brought itself. Whom another source keeps, such as the feed
 * of a personnel department, it only says the login of: two sources of one record would undo each
 * other's changes.
 */
#include "scim/scim_priv.h"

#include "store/find.h"

struct standing {
	int64_t id;
	bool own; /* a directory brought it */
	struct str state;
	struct str start, leave; /* {NULL, 0} when there is none */
};

static struct str
text_at(const struct at *at, const struct db_stmt *s, int column)
{
	struct str text = {0};

	if (!db_is_null(s, column))
		text = str_dup(at->ctx->arena, db_text(s, column));
	return text;
}

static enum err_code
standing_read(const struct at *at, int64_t person, struct standing *ret_standing)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(at->ctx->db,
				      "select p.feed, coalesce(p.state, 'engaged'), p.start_date, "
				      "p.leave_date from person p where p.id = :id",
				      &s, &at->ctx->err);
	bool row;

	*ret_standing = (struct standing){.id = person};
	if (rc)
		return rc;
	db_bind_int(s, 1, person);
	rc = db_step(s, &row, &at->ctx->err);
	if (rc || !row)
		return rc;
	ret_standing->own = str_is(db_text(s, 0), SCIM_FEED);
	ret_standing->state = text_at(at, s, 1);
	ret_standing->start = text_at(at, s, 2);
	ret_standing->leave = text_at(at, s, 3);
	return ERR_NONE;
}

/* The person of a number there; 0 when there is none. */
static enum err_code
numbered_find(const struct at *at, int64_t organisation, struct str number, int64_t *ret_person)
{
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	*ret_person = 0;
	if (!number.ptr)
		return ERR_NONE;
	rc = db_prepare(at->ctx->db,
			"select p.id from person p where p.key = :key and p.organisation = "
			":organisation order by p.id limit 2",
			&s, &at->ctx->err);
	if (rc)
		return rc;
	db_bind_text(s, 1, number);
	db_bind_int(s, 2, organisation);
	rc = db_step(s, &row, &at->ctx->err);
	if (rc || !row)
		return rc;
	*ret_person = db_int(s, 0);
	rc = db_step(s, &row, &at->ctx->err);
	if (!rc && row)
		rc = err_set(&at->ctx->err, ERR_CONFLICT, "uniqueness",
			     "several people have the employeeNumber '%.80s'",
			     str_z(at->ctx->arena, number));
	return rc;
}

/* Whoever is a user already is not another one as well, in whichever directory. */
static enum err_code
is_single(const struct at *at, int64_t person)
{
	const struct db_find f = {
		"select 1 from login l left join login_directory d on d.login = l.id where "
		"l.person = :person and d.withdrawn_at is null",
		{db_of_int(person)}};
	bool taken = false;
	enum err_code rc = db_find_any(at->ctx->db, &f, &taken, &at->ctx->err);

	if (!rc && taken)
		rc = err_set(&at->ctx->err, ERR_CONFLICT, "uniqueness",
			     "the person with this employeeNumber has a login already");
	return rc;
}

/* The manager's person, by name; null without one. */
static enum err_code
manager_set(const struct at *at, const struct person_said *said, json_t *values)
{
	char name[RECORD_NAME_SIZE];
	struct directory_login manager;
	enum err_code rc;

	(void)json_object_set_new(values, "line_manager", json_null());
	if (!said->manager.ptr)
		return ERR_NONE;
	rc = user_find(at, said->manager, &manager);
	if (rc == ERR_MISSING)
		return err_set(&at->ctx->err, ERR_USAGE, "invalidValue",
			       "the manager is no user here");
	if (rc || !manager.login.person)
		return rc;
	record_name(at->ctx->model, manager.login.person, name);
	json_set_text(values, "line_manager", str_of(name));
	return ERR_NONE;
}

static enum err_code
values_make(const struct at *at, const struct person_said *said, json_t **ret_values)
{
	json_t *values = json_object();
	enum err_code rc;

	json_set_text(values, "name", said->name);
	(void)json_object_set_new(values, "team", json_null());
	json_set_text(values, "team", said->team);
	rc = manager_set(at, said, values);
	if (rc)
		json_decref(values);
	else
		*ret_values = values;
	return rc;
}

/* One step of its states, with values that go with it. */
static enum err_code
step(const struct at *at, struct standing *p, const char *state, json_t *values)
{
	struct record_edit ed = {.reg = "person", .id = p->id, .values = values};

	(void)json_object_set_new(values, "state", json_string(state));
	p->state = str_of(state);
	return record_edit(at, &ed);
}

/* Whoever comes back after his last day has started again; before it, he never left. */
static json_t *
return_values(const struct at *at, const struct standing *p)
{
	struct str today = today_text(at->ctx);
	json_t *values = json_object();

	if (p->leave.ptr && str_cmp(p->leave, today) >= 0)
		(void)json_object_set_new(values, "leave_date", json_null());
	else if (p->leave.ptr || !p->start.ptr)
		json_set_text(values, "start_date", today);
	return values;
}

static enum err_code
come(const struct at *at, struct standing *p)
{
	enum err_code rc = ERR_NONE;

	if (str_is(p->state, "leaving"))
		rc = step(at, p, "left", json_object());
	if (!rc && !str_is(p->state, "engaged"))
		rc = step(at, p, "engaged", return_values(at, p));
	return rc;
}

/* Today is the last day, unless that was before. */
static json_t *
leave_values(const struct at *at, const struct standing *p)
{
	struct str today = today_text(at->ctx);
	json_t *values = json_object();
	bool back = p->leave.ptr && p->start.ptr && str_cmp(p->start, p->leave) > 0;

	if (!p->leave.ptr || back || str_cmp(p->leave, today) > 0)
		json_set_text(values, "leave_date", today);
	return values;
}

static enum err_code
go(const struct at *at, struct standing *p, enum person_stay stay)
{
	enum err_code rc = ERR_NONE;

	if (str_is(p->state, "engaged"))
		rc = step(at, p, "leaving", leave_values(at, p));
	if (!rc && stay == PERSON_GONE && str_is(p->state, "leaving"))
		rc = step(at, p, "left", json_object());
	return rc;
}

enum err_code
person_change(const struct at *at, int64_t person, const struct person_said *said,
	      enum person_stay stay)
{
	struct record_edit ed = {.reg = "person", .id = person};
	struct standing p;
	enum err_code rc = standing_read(at, person, &p);

	if (rc || !p.own)
		return rc;
	if (said)
		rc = values_make(at, said, &ed.values);
	if (!rc && said)
		rc = record_edit(at, &ed);
	if (rc)
		return rc;
	if (stay == PERSON_AS_HE_IS)
		return ERR_NONE;
	return stay == PERSON_HERE ? come(at, &p) : go(at, &p, stay);
}

static enum err_code
person_make(const struct at *at, int64_t organisation, const struct person_said *said,
	    int64_t *ret_person)
{
	struct record_edit ed = {.reg = "person", .organisation = organisation};
	enum err_code rc = values_make(at, said, &ed.values);

	if (rc)
		return rc;
	json_set_text(ed.values, "key", said->number);
	rc = record_edit(at, &ed);
	*ret_person = ed.id;
	return rc;
}

enum err_code
person_join(const struct at *at, int64_t organisation, const struct person_said *said, bool active,
	    int64_t *ret_person)
{
	int64_t person = 0;
	enum err_code rc = numbered_find(at, organisation, said->number, &person);
	bool known = person != 0;

	if (!rc && known)
		rc = is_single(at, person);
	if (!rc && !known)
		rc = person_make(at, organisation, said, &person);
	/* Who comes before his first day is a candidate until then. */
	if (!rc && (active || known))
		rc = person_change(at, person, known ? said : NULL,
				   active ? PERSON_HERE : PERSON_LEAVING);
	if (!rc)
		*ret_person = person;
	return rc;
}
