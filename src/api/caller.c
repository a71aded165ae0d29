#include "api/caller.h"

#include "base/limits.h"
#include "identity/session.h"
#include "identity/sign_in.h"
#include "identity/token.h"

#include <strings.h>

/* A cookie as it is called over TLS and without, and when browsers send it. That of a sign-in must
 * come with the page that a provider sends them to. */
struct cookie {
	const char *secure;
	const char *plain;
	const char *same_site;
	int seconds; /* that it is kept; 0: as long as the browser runs */
};
static const struct cookie session_cookie = {CALLER_COOKIE, CALLER_PLAIN_COOKIE, "Strict", 0};
static const struct cookie flow_cookie = {CALLER_COOKIE "-sign-in", CALLER_PLAIN_COOKIE "-sign-in",
					  "Lax", LIMIT_OIDC_FLOW_SECONDS};

struct visit
call_visit(struct call *c)
{
	return (struct visit){.ctx = &c->ctx,
			      .identity = c->service->identity,
			      .address = str_of(c->r->address),
			      .agent = http_header(c->r, "User-Agent")};
}

static struct str
bearer(const struct http_request *r)
{
	struct str rest = http_header(r, "Authorization");
	struct str scheme = rest.ptr ? str_cut(&rest, ' ') : (struct str){0};
	static const char name[] = "bearer";

	if (!rest.ptr || scheme.len != strlen(name) || strncasecmp(scheme.ptr, name, scheme.len))
		return (struct str){0};
	return str_trim(rest);
}

/* RFC 6265 section 4.2.1: name=value, parted by "; ". */
static struct str
cookie_find(const struct http_request *r, const struct cookie *k)
{
	struct str rest = http_header(r, "Cookie");

	while (rest.ptr) {
		struct str value = str_trim(str_cut(&rest, ';'));
		struct str name = str_cut(&value, '=');

		if (value.ptr && str_is(name, r->tls ? k->secure : k->plain))
			return value;
	}
	return (struct str){0};
}

/* Without a value the browser holds nothing any more. */
static void
cookie_set(struct call *c, const struct cookie *k, struct str value)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_HTTP_HEADER_BYTES};

	buf_addf(&text, "%s=%.*s; Path=/; HttpOnly; SameSite=%s%s",
		 c->r->tls ? k->secure : k->plain, STR_ARG(value), k->same_site,
		 c->r->tls ? "; Secure" : "");
	if (!value.len || k->seconds)
		buf_addf(&text, "; Max-Age=%d", value.len ? k->seconds : 0);
	http_reply_header(c->reply, "Set-Cookie",
			  str_dup(c->r->arena, (struct str){text.data, text.len}));
}

struct str
call_session(const struct http_request *r)
{
	return cookie_find(r, &session_cookie);
}

void
call_set_session(struct call *c, struct str token)
{
	cookie_set(c, &session_cookie, token);
}

struct str
call_flow(const struct http_request *r)
{
	return cookie_find(r, &flow_cookie);
}

void
call_set_flow(struct call *c, struct str flow)
{
	cookie_set(c, &flow_cookie, flow);
}

const char *
call_here(const struct call *c)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_HTTP_HEADER_BYTES};

	buf_addf(&text, "%s://%.*s", c->r->tls ? "https" : "http", STR_ARG(c->r->host));
	return str_z(c->r->arena, (struct str){text.data, text.len});
}

/* The host that an Origin names, as "https://host:port" does. */
static struct str
origin_host(struct str origin)
{
	struct str rest = origin;
	struct str scheme = str_cut(&rest, ':');

	if (!rest.ptr || rest.len < 3 || rest.ptr[0] != '/' || rest.ptr[1] != '/' ||
	    !(str_is(scheme, "http") || str_is(scheme, "https")))
		return (struct str){0};
	return (struct str){rest.ptr + 2, rest.len - 2};
}

enum err_code
call_same_site(struct call *c)
{
	const struct http_request *r = c->r;
	struct str site = http_header(r, "Sec-Fetch-Site");
	struct str origin = http_header(r, "Origin");
	bool same = !site.ptr || str_is(site, "same-origin") || str_is(site, "none");

	if (same && origin.ptr)
		same = r->host.len > 0 && str_eq(origin_host(origin), r->host);
	return same ? ERR_NONE
		    : err_set(&c->ctx.err, ERR_DENIED, "",
			      "the request comes from a page of another site");
}

/* What is no token or session at all is nobody's. */
static enum err_code
known(struct call *c, enum err_code rc)
{
	return rc == ERR_DENIED ? (c->ctx.err.code = ERR_NOBODY) : rc;
}

static bool
is_believed(struct call *c, const struct visit *v, struct str secret, bool believe)
{
	c->known_at = 0;
	return believe && identity_known(v, secret, &c->who, &c->known_at);
}

static enum err_code
by_token(struct call *c, const struct visit *v, struct str token, bool believe)
{
	enum err_code rc = is_believed(c, v, token, believe)
				   ? ERR_NONE
				   : known(c, identity_token(v, token, &c->who));

	if (!rc && !c->who.writes && c->route->needs == NEEDS_WRITE)
		rc = err_set(&c->ctx.err, ERR_DENIED, "", "this token may only read");
	if (!rc && c->who.calendar && !c->route->calendar)
		rc = err_set(&c->ctx.err, ERR_DENIED, "",
			     "this token is for the feed of a calendar alone");
	if (!rc && c->who.scim != c->route->scim)
		rc = err_set(&c->ctx.err, ERR_DENIED, "",
			     c->who.scim ? "this token is for SCIM alone"
					 : "SCIM takes tokens that were made for it alone");
	return rc;
}

/* Calendar programs know an address and nothing else. What stands in one is written down by others,
 * so that a token that may do more has no place there. */
static enum err_code
by_address(struct call *c, const struct visit *v, struct str token, bool believe)
{
	enum err_code rc = by_token(c, v, token, believe);

	if (rc || c->who.calendar)
		return rc;
	c->who = (struct who){0};
	return err_set(&c->ctx.err, ERR_NOBODY, "token",
		       "an address takes tokens that were made for a calendar alone");
}

/* A browser sends its cookie with whatever any page asks for. */
static enum err_code
by_session(struct call *c, const struct visit *v, struct str token, bool believe)
{
	bool only_reads = c->r->method == HTTP_GET || c->r->method == HTTP_HEAD;
	enum err_code rc = only_reads ? ERR_NONE : call_same_site(c);

	if (!rc && c->route->scim)
		rc = err_set(&c->ctx.err, ERR_DENIED, "",
			     "SCIM takes tokens that were made for it alone");
	if (rc || is_believed(c, v, token, believe))
		return rc;
	return known(c, identity_session(v, token, &c->who));
}

/* Who is not fully known may do nothing but become so. */
static enum err_code
is_whole(struct call *c)
{
	if (c->route->half || !(c->who.second_factor_due || c->who.enrolment_due))
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_DENIED, "",
		       c->who.enrolment_due ? "your roles ask for a second factor: enrol one first"
					    : "the second factor is due: give its code first");
}

/* The token that the address may have instead. */
static struct str
address_token(const struct call *c)
{
	return c->route->calendar ? http_query(c->r, "token") : (struct str){0};
}

enum err_code
call_secret(struct call *c)
{
	if (address_token(c).ptr || bearer(c->r).ptr || call_session(c->r).ptr)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_NOBODY, "",
		       "sign in, or send a token as 'Authorization: Bearer ...'");
}

enum err_code
call_who(struct call *c, bool believe)
{
	struct visit v = call_visit(c);
	struct str address = address_token(c);
	struct str token = bearer(c->r);
	enum err_code rc;

	if (address.ptr)
		rc = by_address(c, &v, address, believe);
	else if (token.ptr)
		rc = by_token(c, &v, token, believe);
	else
		rc = by_session(c, &v, call_session(c->r), believe);
	if (!rc)
		rc = is_whole(c);
	if (rc)
		return rc;
	c->ctx.actor = c->who.actor;
	c->reply->who = c->who.actor;
	return ERR_NONE;
}

enum err_code
call_administers(struct call *c)
{
	struct visit v = call_visit(c);

	if (!c->who.administrator || c->who.token)
		return err_set(&c->ctx.err, ERR_DENIED, "",
			       "only an administrator who is signed in looks after logins");
	if (c->route->needs == NEEDS_WRITE && !identity_is_proven(&v, &c->who))
		return err_set(&c->ctx.err, ERR_DENIED, "proof",
			       "prove anew who you are: POST /api/v1/session/proof, or the second "
			       "factor's code");
	return ERR_NONE;
}
