#include "api/me.h"
#include "api/caller.h"
#include "api/routes.h"
#include "api/signing.h"
#include "base/civil.h"
#include "identity/first.h"
#include "identity/session.h"
#include "identity/token.h"

void
call_write_instant(struct call *c, const char *name, int64_t ms)
{
	char text[CIVIL_STAMP_LEN + 1];

	civil_format_stamp(ms, text);
	jw_key_text(&c->w, name, ms ? str_of(text) : (struct str){0});
}

static void
member_record(struct call *c, const char *name, int64_t id)
{
	char text[RECORD_NAME_SIZE];

	record_name(c->ctx.model, id, text);
	jw_key_text(&c->w, name, id ? str_of(text) : (struct str){0});
}

struct str
call_text(const struct call *c, const char *name)
{
	return json_str(json_object_get(c->body, name));
}

enum err_code
call_signed_in(struct call *c, const struct signed_in *in, enum err_code rc)
{
	if (rc == ERR_TOO_OFTEN && in->retry_after_seconds > 0)
		c->retry_after = in->retry_after_seconds;
	if (rc)
		return rc;
	call_set_session(c, str_dup(c->r->arena, str_of(in->token)));
	jw_object(&c->w);
	jw_key_bool(&c->w, "second_factor_due", in->second_factor_due);
	jw_key_bool(&c->w, "enrolment_due", in->enrolment_due);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
session_begin(struct call *c)
{
	struct visit v = call_visit(c);
	struct credentials given = {.name = call_text(c, "name"),
				    .password = call_text(c, "password"),
				    .old = call_session(c->r)};
	struct signed_in in = {0};
	enum err_code rc = call_same_site(c);

	if (!rc)
		rc = identity_sign_in(&v, &given, &in);
	return call_signed_in(c, &in, rc);
}

enum err_code
session_second_factor(struct call *c)
{
	struct visit v = call_visit(c);
	struct signed_in in = {0};
	enum err_code rc = identity_second_factor(&v, &c->who, call_text(c, "code"), &in);

	return call_signed_in(c, &in, rc);
}

enum err_code
session_prove(struct call *c)
{
	struct visit v = call_visit(c);
	struct signed_in in = {0};
	enum err_code rc = identity_prove(&v, &c->who, call_text(c, "password"), &in);

	return call_signed_in(c, &in, rc);
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
	struct first f = {.link = call_text(c, "link"),
			  .name = call_text(c, "name"),
			  .password = call_text(c, "password")};
	enum err_code rc = call_same_site(c);

	if (!rc)
		rc = identity_first(&v, &f);
	return rc;
}

enum err_code
me_show(struct call *c)
{
	const struct who *w = &c->who;

	jw_object(&c->w);
	jw_key_text(&c->w, "name", w->name);
	member_record(c, "person", w->person);
	member_record(c, "organisation", w->organisation);
	jw_key_bool(&c->w, "administrator", w->administrator);
	jw_key_bool(&c->w, "second_factor", w->second_factor);
	jw_key_bool(&c->w, "second_factor_due", w->second_factor_due);
	jw_key_bool(&c->w, "enrolment_due", w->enrolment_due);
	jw_key(&c->w, "roles");
	jw_array(&c->w);
	for (size_t i = 0; i < w->role_count; i++) {
		jw_object(&c->w);
		jw_key_text(&c->w, "role", str_of(w->roles[i].role->name));
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
		jw_key_int(&c->w, "id", list[i].id);
		call_write_instant(c, "made_at", list[i].made_at);
		call_write_instant(c, "seen_at", list[i].seen_at);
		jw_key_bool(&c->w, "second_factor", list[i].second_factor);
		jw_key_bool(&c->w, "own", list[i].own);
		jw_key_text(&c->w, "address", list[i].address);
		jw_key_text(&c->w, "agent", list[i].agent);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_end_session(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t id = 0;
	enum err_code rc = call_path_number(c, "session", "session", &id);

	if (!rc)
		rc = identity_end(&v, &c->who, id);
	return rc;
}

enum err_code
tokens_answer(struct call *c, const struct who *whose)
{
	struct visit v = call_visit(c);
	struct token *list = NULL;
	size_t count = 0;
	enum err_code rc = token_list(&v, whose, &list, &count);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "tokens");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++) {
		jw_object(&c->w);
		jw_key_int(&c->w, "id", list[i].id);
		jw_key_text(&c->w, "name", list[i].name);
		jw_key_bool(&c->w, "writes", list[i].writes);
		jw_key_bool(&c->w, "scim", list[i].scim);
		jw_key_bool(&c->w, "calendar", list[i].calendar);
		call_write_instant(c, "made_at", list[i].made_at);
		call_write_instant(c, "expires_at", list[i].expires_at);
		call_write_instant(c, "used_at", list[i].used_at);
		call_write_instant(c, "revoked_at", list[i].revoked_at);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_tokens(struct call *c)
{
	return tokens_answer(c, &c->who);
}

/* Those that the token is held to: all where the body names none. */
static struct words
registers_of(const struct call *c, const json_t *list)
{
	size_t count = json_array_size(list);
	struct words w = {.words = (const char **)arena_alloc(c->r->arena,
							      (count + 1) * sizeof(const char *))};

	for (size_t i = 0; i < count; i++)
		w.words[w.count++] = json_string_value(json_array_get(list, i));
	return w;
}

enum err_code
token_made_answer(struct call *c, const struct token_new *n)
{
	struct visit v = call_visit(c);
	struct token_made made;
	enum err_code rc = identity_token_make(&v, &c->who, n, &made);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_int(&c->w, "id", made.id);
	jw_key_text(&c->w, "token", str_of(made.text));
	call_write_instant(c, "expires_at", made.expires_at);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_make_token(struct call *c)
{
	const json_t *registers = json_object_get(c->body, "registers");
	struct token_new n = {.name = call_text(c, "name"),
			      .writes = json_is_true(json_object_get(c->body, "writes")),
			      .calendar = json_is_true(json_object_get(c->body, "calendar")),
			      .registers = registers_of(c, registers),
			      .all_registers = !json_is_array(registers),
			      .days = json_integer_value(json_object_get(c->body, "days"))};

	return token_made_answer(c, &n);
}

enum err_code
token_revoke(struct call *c, const struct who *whose)
{
	struct visit v = call_visit(c);
	int64_t id = 0;
	enum err_code rc = call_path_number(c, "token", "token", &id);

	if (!rc)
		rc = identity_token_revoke(&v, whose, id);
	return rc;
}

enum err_code
me_revoke_token(struct call *c)
{
	return token_revoke(c, &c->who);
}

enum err_code
me_change_password(struct call *c)
{
	struct visit v = call_visit(c);
	struct new_password p = {.old = call_text(c, "old"), .wanted = call_text(c, "new")};

	return identity_change_password(&v, &c->who, &p, &c->retry_after);
}

void
call_write_recovery(struct call *c, const struct recovery *r)
{
	jw_object(&c->w);
	jw_key(&c->w, "recovery_codes");
	jw_array(&c->w);
	for (size_t i = 0; r && i < RECOVERY_CODES; i++)
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
	jw_key_text(&c->w, "secret", str_of(e.secret));
	jw_key_text(&c->w, "uri", e.uri);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_confirm(struct call *c)
{
	struct visit v = call_visit(c);
	struct enrolled done;
	enum err_code rc = identity_enrol_confirm(&v, &c->who, call_text(c, "code"), &done);

	if (rc)
		return rc;
	call_set_session(c, str_dup(c->r->arena, str_of(done.token)));
	call_write_recovery(c, &done.recovery);
	return ERR_NONE;
}

enum err_code
me_recovery(struct call *c)
{
	struct visit v = call_visit(c);
	struct recovery r;
	enum err_code rc = identity_recovery_renew(&v, &c->who, &r);

	if (!rc)
		call_write_recovery(c, &r);
	return rc;
}
