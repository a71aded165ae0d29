#include "api/caller.h"
#include "api/me.h"
#include "api/routes.h"
#include "base/civil.h"
#include "identity/login.h"

static void
login_write(struct call *c, const struct login *l)
{
	char person[RECORD_NAME_SIZE];
	char stamp[CIVIL_STAMP_LEN + 1];

	record_name(c->ctx.model, l->person, person);
	civil_format_stamp(l->made_at, stamp);
	jw_object(&c->w);
	jw_key_text(&c->w, "name", l->name);
	jw_key_text(&c->w, "person", l->person ? str_of(person) : (struct str){0});
	jw_key_text(&c->w, "external_id", l->external_id);
	jw_key_bool(&c->w, "enabled", l->enabled);
	jw_key_bool(&c->w, "administrator", l->administrator);
	jw_key_bool(&c->w, "has_password", l->has_password);
	jw_key_bool(&c->w, "second_factor", l->second_factor);
	jw_key_text(&c->w, "made_at", str_of(stamp));
	jw_end_object(&c->w);
}

enum err_code
users_list(struct call *c)
{
	struct login *logins = NULL;
	size_t count = 0;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_list(&c->ctx, &logins, &count);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "users");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++)
		login_write(c, &logins[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* The login as it is now. */
static enum err_code
login_answer(struct call *c, struct str name)
{
	struct login l;
	enum err_code rc = call_see(c);

	if (!rc)
		rc = login_find(&c->ctx, name, &l);
	if (rc)
		return rc;
	login_write(c, &l);
	return ERR_NONE;
}

enum err_code
users_add(struct call *c)
{
	struct visit v = call_visit(c);
	struct login_new n = {
		.name = json_str(json_object_get(c->body, "name")),
		.person = json_string_value(json_object_get(c->body, "person")),
		.organisation = json_string_value(json_object_get(c->body, "organisation")),
		.administrator = json_is_true(json_object_get(c->body, "administrator"))};
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_add(&v, &n);
	return rc ? rc : login_answer(c, n.name);
}

/* What the body names, in one order. */
static enum err_code
login_change(struct call *c, struct str name)
{
	struct visit v = call_visit(c);
	const json_t *enabled = json_object_get(c->body, "enabled");
	const json_t *administrator = json_object_get(c->body, "administrator");
	const json_t *password = json_object_get(c->body, "password");
	bool changed;
	enum err_code rc = ERR_NONE;

	if (json_is_string(password))
		rc = login_set_password(&v, name, json_str(password));
	if (!rc && json_is_boolean(administrator))
		rc = login_promote(&v, name, json_is_true(administrator), &changed);
	if (!rc && json_is_boolean(enabled))
		rc = login_enable(&v, name, json_is_true(enabled), &changed);
	return rc;
}

enum err_code
users_change(struct call *c)
{
	struct str name = http_parameter(c->r, "user");
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_change(c, name);
	return rc ? rc : login_answer(c, name);
}

enum err_code
users_reset_factor(struct call *c)
{
	struct visit v = call_visit(c);
	struct str name = http_parameter(c->r, "user");
	bool changed;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_reset_factor(&v, name, &changed);
	return rc;
}

enum err_code
users_end_sessions(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t ended = 0;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_end_sessions(&v, http_parameter(c->r, "user"), &ended);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_int(&c->w, "ended", ended);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* The login whose tokens these are, changed by whoever asks. */
static enum err_code
owner_find(struct call *c, struct who *ret_owner)
{
	struct login l;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_find(&c->ctx, http_parameter(c->r, "user"), &l);
	if (!rc)
		*ret_owner = (struct who){.login = l.id, .name = l.name, .actor = c->who.actor};
	return rc;
}

enum err_code
users_tokens(struct call *c)
{
	struct who owner;
	enum err_code rc = owner_find(c, &owner);

	return rc ? rc : tokens_answer(c, &owner);
}

enum err_code
users_make_token(struct call *c)
{
	const struct token_new n = {
		.name = json_str(json_object_get(c->body, "name")),
		.days = json_integer_value(json_object_get(c->body, "days")),
		.writes = true,
		.all_registers = true,
		.scim = true,
		.login = http_parameter(c->r, "user"),
	};
	enum err_code rc = call_administers(c);

	return rc ? rc : token_made_answer(c, &n);
}

enum err_code
users_revoke_token(struct call *c)
{
	struct who owner;
	enum err_code rc = owner_find(c, &owner);

	return rc ? rc : token_revoke(c, &owner);
}
