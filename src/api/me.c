#include "api/caller.h"
#include "api/routes.h"
#include "base/civil.h"
#include "identity/factor.h"
#include "identity/first.h"
#include "identity/session.h"
#include "identity/sign_in.h"
#include "identity/token.h"

static void
member(struct call *c, const char *name, struct str text)
{
	jw_key(&c->w, name);
	jw_text(&c->w, text);
}

static void
member_bool(struct call *c, const char *name, bool value)
{
	jw_key(&c->w, name);
	jw_bool(&c->w, value);
}

/* An instant, or null for 0. */
static void
member_instant(struct call *c, const char *name, int64_t ms)
{
	char text[CIVIL_STAMP_LEN + 1];

	civil_format_stamp(ms, text);
	member(c, name, ms ? str_of(text) : (struct str){0});
}

static void
member_record(struct call *c, const char *name, int64_t id)
{
	char text[RECORD_NAME_SIZE];

	record_name(c->ctx.model, id, text);
	member(c, name, id ? str_of(text) : (struct str){0});
}

/* A text that the body must have. */
static enum err_code
text_take(struct call *c, const char *name, struct str *ret_text)
{
	const json_t *json = json_object_get(c->body, name);

	if (!json_is_string(json))
		return err_set(&c->ctx.err, ERR_INVALID, name, "'%s' must be a text", name);
	*ret_text = (struct str){json_string_value(json), json_string_length(json)};
	return ERR_NONE;
}

/* What a sign-in, or a step of one, answers. */
static enum err_code
signed_in_answer(struct call *c, const struct signed_in *in, enum err_code rc)
{
	if (rc == ERR_TOO_OFTEN && in->retry_after_seconds > 0)
		c->retry_after = in->retry_after_seconds;
	if (rc)
		return rc;
	call_set_session(c, str_dup(c->r->arena, str_of(in->token)));
	jw_object(&c->w);
	member_bool(c, "second_factor_due", in->second_factor_due);
	member_bool(c, "enrolment_due", in->enrolment_due);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
session_begin(struct call *c)
{
	struct visit v = call_visit(c);
	struct credentials given = {.old = call_session(c->r)};
	struct signed_in in = {0};
	enum err_code rc = call_same_site(c);

	if (!rc)
		rc = text_take(c, "name", &given.name);
	if (!rc)
		rc = text_take(c, "password", &given.password);
	if (!rc)
		rc = identity_sign_in(&v, &given, &in);
	return signed_in_answer(c, &in, rc);
}

enum err_code
session_second_factor(struct call *c)
{
	struct visit v = call_visit(c);
	struct signed_in in = {0};
	struct str code;
	enum err_code rc = text_take(c, "code", &code);

	if (!rc)
		rc = identity_second_factor(&v, &c->who, code, &in);
	return signed_in_answer(c, &in, rc);
}

enum err_code
session_prove(struct call *c)
{
	struct visit v = call_visit(c);
	struct signed_in in = {0};
	struct str password;
	enum err_code rc = text_take(c, "password", &password);

	if (!rc)
		rc = identity_prove(&v, &c->who, password, &in);
	return signed_in_answer(c, &in, rc);
}

enum err_code
session_end(struct call *c)
{
	struct visit v = call_visit(c);
	enum err_code rc = identity_end(&v, &c->who, 0);

	if (rc)
		return rc;
	call_set_session(c, str_of(""));
	return ERR_NONE;
}

enum err_code
session_first(struct call *c)
{
	struct visit v = call_visit(c);
	struct first f = {0};
	enum err_code rc = call_same_site(c);

	if (!rc)
		rc = text_take(c, "link", &f.link);
	if (!rc)
		rc = text_take(c, "name", &f.name);
	if (!rc)
		rc = text_take(c, "password", &f.password);
	if (!rc)
		rc = identity_first(&v, &f);
	return rc;
}

enum err_code
me_show(struct call *c)
{
	const struct who *w = &c->who;

	jw_object(&c->w);
	member(c, "name", w->name);
	member_record(c, "person", w->person);
	member_record(c, "organisation", w->organisation);
	member_bool(c, "administrator", w->administrator);
	member_bool(c, "second_factor", w->second_factor);
	member_bool(c, "second_factor_due", w->second_factor_due);
	member_bool(c, "enrolment_due", w->enrolment_due);
	jw_key(&c->w, "roles");
	jw_array(&c->w);
	for (size_t i = 0; i < w->role_count; i++) {
		jw_object(&c->w);
		member(c, "role", str_of(w->roles[i].role->name));
		member_record(c, "organisation", w->roles[i].organisation);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_key(&c->w, "organisations");
	jw_array(&c->w);
	for (size_t i = 0; i < w->organisation_count; i++) {
		char name[RECORD_NAME_SIZE];

		record_name(c->ctx.model, w->organisations[i], name);
		jw_text(&c->w, str_of(name));
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_sessions(struct call *c)
{
	struct visit v = call_visit(c);
	struct session *list = NULL;
	size_t count = 0;
	enum err_code rc = session_list(&v, &c->who, &list, &count);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "sessions");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++) {
		jw_object(&c->w);
		jw_key(&c->w, "id");
		jw_int(&c->w, list[i].id);
		member_instant(c, "made_at", list[i].made_at);
		member_instant(c, "seen_at", list[i].seen_at);
		member_bool(c, "second_factor", list[i].second_factor);
		member_bool(c, "own", list[i].own);
		member(c, "address", list[i].address);
		member(c, "agent", list[i].agent);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* The number that the path ends in. */
static enum err_code
number_take(struct call *c, const char *name, int64_t *ret_number)
{
	if (str_int(http_parameter(c->r, name), ret_number) && *ret_number > 0)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_MISSING, name, "there is no such %s", name);
}

enum err_code
me_end_session(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t id = 0;
	enum err_code rc = number_take(c, "session", &id);

	if (!rc)
		rc = identity_end(&v, &c->who, id);
	return rc;
}

enum err_code
me_tokens(struct call *c)
{
	struct visit v = call_visit(c);
	struct token *list = NULL;
	size_t count = 0;
	enum err_code rc = token_list(&v, &c->who, &list, &count);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "tokens");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++) {
		jw_object(&c->w);
		jw_key(&c->w, "id");
		jw_int(&c->w, list[i].id);
		member(c, "name", list[i].name);
		member_bool(c, "writes", list[i].writes);
		member_instant(c, "made_at", list[i].made_at);
		member_instant(c, "expires_at", list[i].expires_at);
		member_instant(c, "used_at", list[i].used_at);
		member_instant(c, "revoked_at", list[i].revoked_at);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

static enum err_code
registers_take(struct call *c, struct token_new *n)
{
	const json_t *list = json_object_get(c->body, "registers");
	size_t count = json_array_size(list);

	n->all_registers = !list || json_is_null(list);
	if (!n->all_registers && !json_is_array(list))
		return err_set(&c->ctx.err, ERR_INVALID, "registers",
			       "'registers' must be a list of names");
	n->registers.words =
		(const char **)arena_alloc(c->r->arena, (count + 1) * sizeof(const char *));
	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(list, i));
		const struct reg *r = name ? model_reg(c->ctx.model, str_of(name)) : NULL;

		if (!r)
			return err_set(&c->ctx.err, ERR_INVALID, "registers",
				       "there is no register '%.60s'", name ? name : "");
		n->registers.words[n->registers.count++] = r->name;
	}
	return ERR_NONE;
}

enum err_code
me_make_token(struct call *c)
{
	struct visit v = call_visit(c);
	struct token_new n = {.writes = json_is_true(json_object_get(c->body, "writes"))};
	struct token_made made;
	enum err_code rc = text_take(c, "name", &n.name);

	n.days = json_integer_value(json_object_get(c->body, "days"));
	if (!rc)
		rc = registers_take(c, &n);
	if (!rc)
		rc = identity_token_make(&v, &c->who, &n, &made);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "id");
	jw_int(&c->w, made.id);
	member(c, "token", str_of(made.text));
	member_instant(c, "expires_at", made.expires_at);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_revoke_token(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t id = 0;
	enum err_code rc = number_take(c, "token", &id);

	if (!rc)
		rc = identity_token_revoke(&v, &c->who, id);
	return rc;
}

enum err_code
me_change_password(struct call *c)
{
	struct visit v = call_visit(c);
	struct new_password p = {0};
	enum err_code rc = text_take(c, "old", &p.old);

	if (!rc)
		rc = text_take(c, "new", &p.wanted);
	if (!rc)
		rc = identity_change_password(&v, &c->who, &p);
	return rc;
}

static void
recovery_write(struct call *c, const struct recovery *r)
{
	jw_object(&c->w);
	jw_key(&c->w, "recovery_codes");
	jw_array(&c->w);
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		jw_text(&c->w, str_of(r->codes[i]));
	jw_end_array(&c->w);
	jw_end_object(&c->w);
}

enum err_code
me_enrol(struct call *c)
{
	struct visit v = call_visit(c);
	struct enrolment e;
	enum err_code rc = identity_enrol(&v, &c->who, &e);

	if (rc)
		return rc;
	jw_object(&c->w);
	member(c, "secret", str_of(e.secret));
	member(c, "uri", e.uri);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_confirm(struct call *c)
{
	struct visit v = call_visit(c);
	struct enrolled done;
	struct str code;
	enum err_code rc = text_take(c, "code", &code);

	if (!rc)
		rc = identity_enrol_confirm(&v, &c->who, code, &done);
	if (rc)
		return rc;
	call_set_session(c, str_dup(c->r->arena, str_of(done.token)));
	recovery_write(c, &done.recovery);
	return ERR_NONE;
}

enum err_code
me_recovery(struct call *c)
{
	struct visit v = call_visit(c);
	struct recovery r;
	enum err_code rc = identity_recovery_renew(&v, &c->who, &r);

	if (!rc)
		recovery_write(c, &r);
	return rc;
}
