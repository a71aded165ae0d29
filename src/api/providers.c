#include "access/serve.h"
#include "api/caller.h"
#include "api/routes.h"
#include "api/signing.h"
#include "base/limits.h"
#include "identity/external.h"
#include "identity/sign_in.h"

enum err_code
providers_list(struct call *c)
{
	OIDC_SET *set = oidc_hold(c->service->oidc);
	const struct oidc_config *config = oidc_config(set);

	jw_object(&c->w);
	jw_key(&c->w, "providers");
	jw_array(&c->w);
	for (size_t i = 0; i < config->count; i++) {
		jw_object(&c->w);
		jw_key_word(&c->w, "name", config->providers[i].name);
		jw_key_word(&c->w, "label", config->providers[i].label);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

static enum err_code
may_try(struct call *c)
{
	struct visit v = call_visit(c);

	return external_may_try(&v, &c->retry_after);
}

/* Where to, while others have the connection. */
static enum err_code
begin(struct call *c, const struct oidc_ask *ask, struct oidc_way *ret_way)
{
	OIDC_SET *set = oidc_hold(c->service->oidc);

	ctx_away(&c->ctx);
	return ctx_back(&c->ctx, oidc_begin(set, ask, c->r->arena, ret_way, &c->ctx.err));
}

enum err_code
provider_away(struct call *c)
{
	struct str fresh = http_query(c->r, "fresh");
	const struct oidc_ask ask = {.provider = http_parameter(c->r, "provider"),
				     .return_to = http_query(c->r, "return_to"),
				     .fresh = fresh.ptr && str_is(fresh, "true"),
				     .now = clock_now(&c->ctx.clock)};
	struct oidc_way way;
	enum err_code rc = may_try(c);

	if (!rc)
		rc = begin(c, &ask, &way);
	if (rc)
		return rc;
	call_set_flow(c, way.cookie);
	http_reply_header(c->reply, "Location", way.url);
	return ERR_NONE;
}

/* A browser does not send the session's cookie with what another site began, and a redirect goes on
 * with that; a page that goes on by itself begins anew. */
static void
go_on(struct call *c, const struct flow *flow)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 2 * LIMIT_RETURN_TO_BYTES};

	buf_addf(&text, "0;url=%.*s", STR_ARG(flow->return_to));
	http_reply_header(c->reply, "Refresh",
			  str_dup(c->r->arena, (struct str){text.data, text.len}));
	c->reply->type = "text/plain; charset=utf-8";
	c->reply->body = str_of("You are signed in.\n");
}

/* What does not hold counts as a failed sign-in; that a provider does not answer is nobody's fault.
 */
static enum err_code
denied(struct call *c, const struct visit *v, enum err_code rc)
{
	const struct err first = c->ctx.err;

	if (rc == ERR_DENIED && external_failed(v) == ERR_NONE)
		c->ctx.err = first;
	return c->ctx.err.code;
}

static enum err_code
arrive(struct call *c, const struct visit *v, const struct oidc_user *u)
{
	const struct external x = {.issuer = str_of(u->provider->issuer),
				   .subject = u->claims.subject,
				   .email = u->provider->links_by_email ? u->claims.email
									: (struct str){0},
				   .second_factor = u->claims.second_factor,
				   .proven_at = u->claims.proven_at};
	struct signed_in in = {0};
	enum err_code rc;

	if (u->flow.session)
		return external_link_own(v, u->flow.session, &x);
	rc = external_sign_in(v, &x, call_session(c->r), &in);
	c->retry_after = in.retry_after_seconds;
	if (!rc)
		call_set_session(c, str_dup(c->r->arena, str_of(in.token)));
	return rc;
}

enum err_code
provider_back(struct call *c)
{
	const struct oidc_back back = {.provider = http_parameter(c->r, "provider"),
				       .cookie = call_flow(c->r),
				       .code = http_query(c->r, "code"),
				       .state = http_query(c->r, "state"),
				       .issuer = http_query(c->r, "iss"),
				       .fault = http_query(c->r, "error"),
				       .now = clock_now(&c->ctx.clock)};
	OIDC_SET *set = oidc_hold(c->service->oidc);
	struct visit v = call_visit(c);
	struct oidc_user user;
	enum err_code rc = may_try(c);

	if (!rc)
		rc = oidc_return(set, &back, c->r->arena, &user, &c->ctx.err);
	if (rc)
		return rc;
	ctx_away(&c->ctx);
	rc = ctx_back(&c->ctx, oidc_finish(set, &back, c->r->arena, &user, &c->ctx.err));
	if (rc)
		return denied(c, &v, rc);
	call_set_flow(c, str_of(""));
	rc = arrive(c, &v, &user);
	if (!rc)
		go_on(c, &user.flow);
	return rc;
}

static void
link_write(struct call *c, const struct external_link *l)
{
	jw_object(&c->w);
	jw_key_int(&c->w, "id", l->id);
	jw_key_text(&c->w, "issuer", l->issuer);
	jw_key_text(&c->w, "subject", l->subject);
	call_write_instant(c, "made_at", l->made_at);
	call_write_instant(c, "used_at", l->used_at);
	jw_end_object(&c->w);
}

static enum err_code
links_answer(struct call *c, struct str name)
{
	struct visit v = call_visit(c);
	struct external_link *list = NULL;
	size_t count = 0;
	enum err_code rc = external_list(&v, name, &list, &count);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "identities");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++)
		link_write(c, &list[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_identities(struct call *c)
{
	return links_answer(c, c->who.name);
}

/* The browser goes to the provider, and comes back with what is linked. */
enum err_code
me_link(struct call *c)
{
	struct visit v = call_visit(c);
	const struct oidc_ask ask = {.provider = call_text(c, "provider"),
				     .return_to = call_text(c, "return_to"),
				     .session = c->who.session,
				     .now = clock_now(&c->ctx.clock)};
	struct oidc_way way;
	enum err_code rc = ERR_NONE;

	if (!identity_is_proven(&v, &c->who))
		rc = err_set(&c->ctx.err, ERR_DENIED, "proof",
			     "prove once more who you are first, in a session");
	if (!rc)
		rc = begin(c, &ask, &way);
	if (rc)
		return rc;
	call_set_flow(c, way.cookie);
	jw_object(&c->w);
	jw_key_text(&c->w, "url", way.url);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_unlink(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t id = 0;
	enum err_code rc = call_path_number(c, "identity", "link", &id);

	return rc ? rc : external_unlink_own(&v, &c->who, id);
}

enum err_code
users_identities(struct call *c)
{
	enum err_code rc = call_administers(c);

	return rc ? rc : links_answer(c, http_parameter(c->r, "user"));
}

/* By the provider's name, so that nobody mistypes an issuer. */
static enum err_code
issuer_of(struct call *c, struct str name, struct str *ret_issuer)
{
	OIDC_SET *set = oidc_hold(c->service->oidc);
	const struct oidc_provider *p = oidc_config_find(oidc_config(set), name);

	if (!p)
		return err_set(&c->ctx.err, ERR_INVALID, "provider", "there is no such provider");
	*ret_issuer = str_dup(c->r->arena, str_of(p->issuer));
	return ERR_NONE;
}

enum err_code
users_link(struct call *c)
{
	struct visit v = call_visit(c);
	struct str name = http_parameter(c->r, "user");
	struct external x = {.subject = call_text(c, "subject")};
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = issuer_of(c, call_text(c, "provider"), &x.issuer);
	if (!rc)
		rc = external_link(&v, name, &x);
	if (!rc)
		rc = call_see(c);
	return rc ? rc : links_answer(c, name);
}

enum err_code
users_unlink(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t id = 0;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = call_path_number(c, "identity", "link", &id);
	return rc ? rc : external_unlink(&v, http_parameter(c->r, "user"), id);
}
