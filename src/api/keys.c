#include "api/caller.h"
#include "api/routes.h"
#include "api/signing.h"
#include "base/hash.h"
#include "base/limits.h"
#include "identity/cose.h"
#include "identity/key.h"

/* What the browser is to have talked to: the address that the operator gave, or this machine. A
 * name that the request alone tells may be that of a page in between. */
static enum err_code
site_of(struct call *c, struct webauthn_site *ret_site)
{
	CLEANUP(buf_fini) struct buf origin = {.limit = LIMIT_HTTP_HEADER_BYTES};
	struct str host = c->r->host, rest = host;

	if (c->service->site.id.ptr) {
		*ret_site = c->service->site;
		return ERR_NONE;
	}
	if (!host.ptr || !str_is(str_cut(&rest, ':'), "localhost"))
		return err_set(&c->ctx.err, ERR_CONFLICT, "public-url",
			       "the server does not know by which address browsers call it; its "
			       "operator gives that with --public-url");
	buf_addf(&origin, "%s://%.*s", c->r->tls ? "https" : "http", STR_ARG(host));
	ret_site->id = str_of("localhost");
	ret_site->origin = str_dup(c->r->arena, (struct str){origin.data, origin.len});
	return ERR_NONE;
}

/* A member of the body in base64url, as bytes. */
static enum err_code
bytes_take(struct call *c, const char *name, struct str *ret_bytes)
{
	struct str text = call_text(c, name);

	if (text.len > 0 && base64url_read(text, c->r->arena, ret_bytes))
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_INVALID, name, "'%s' must be bytes in base64url", name);
}

/* The keys that a login has, as a browser wants to be told of them. */
static void
descriptors_write(struct call *c, const char *name, const struct key_question *q)
{
	jw_key(&c->w, name);
	jw_array(&c->w);
	for (size_t i = 0; i < q->key_count; i++) {
		jw_object(&c->w);
		jw_key_text(&c->w, "type", str_of("public-key"));
		jw_key_text(&c->w, "id", q->keys[i]);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
}

static void
question_begin(struct call *c, const struct key_question *q)
{
	jw_object(&c->w);
	jw_key_text(&c->w, "challenge", str_of(q->challenge));
	jw_key_int(&c->w, "timeout", (int64_t)LIMIT_CHALLENGE_SECONDS * 1000);
	jw_key_text(&c->w, "userVerification", str_of("discouraged"));
}

static void
algorithms_write(struct call *c)
{
	jw_key(&c->w, "pubKeyCredParams");
	jw_array(&c->w);
	for (size_t i = 0; i < COSE_ALGORITHMS; i++) {
		jw_object(&c->w);
		jw_key_text(&c->w, "type", str_of("public-key"));
		jw_key_int(&c->w, "alg", cose_algorithms[i]);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
}

/* Members as in Web Authentication Level 3, section 5.1.8: a browser's
 * PublicKeyCredential.parseCreationOptionsFromJSON() takes them. */
enum err_code
me_offer_key(struct call *c)
{
	struct visit v = call_visit(c);
	struct webauthn_site site;
	struct key_question q;
	enum err_code rc = site_of(c, &site);

	if (!rc)
		rc = identity_key_offer(&v, &c->who, &q);
	if (rc)
		return rc;
	question_begin(c, &q);
	jw_key_text(&c->w, "attestation", str_of("none"));
	jw_key(&c->w, "rp");
	jw_object(&c->w);
	jw_key_text(&c->w, "id", site.id);
	jw_key_text(&c->w, "name", str_of("Holdfast"));
	jw_end_object(&c->w);
	jw_key(&c->w, "user");
	jw_object(&c->w);
	jw_key_text(&c->w, "id", str_of(q.user));
	jw_key_text(&c->w, "name", c->who.name);
	jw_key_text(&c->w, "displayName", c->who.name);
	jw_end_object(&c->w);
	algorithms_write(c);
	descriptors_write(c, "excludeCredentials", &q);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_add_key(struct call *c)
{
	struct visit v = call_visit(c);
	struct webauthn_site site;
	struct key_new n = {.site = &site, .name = call_text(c, "name")};
	struct enrolled done;
	bool recovery = false;
	enum err_code rc = site_of(c, &site);

	if (!rc)
		rc = bytes_take(c, "client_data", &n.answer.client_data);
	if (!rc)
		rc = bytes_take(c, "attestation", &n.answer.authenticator);
	if (!rc)
		rc = identity_key_add(&v, &c->who, &n, &done, &recovery);
	if (rc)
		return rc;
	call_set_session(c, str_dup(c->r->arena, str_of(done.token)));
	call_write_recovery(c, recovery ? &done.recovery : NULL);
	return ERR_NONE;
}

enum err_code
me_keys(struct call *c)
{
	struct visit v = call_visit(c);
	struct key *list = NULL;
	size_t count = 0;
	enum err_code rc = key_list(&v, &c->who, &list, &count);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "keys");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++) {
		jw_object(&c->w);
		jw_key_text(&c->w, "id", list[i].id);
		jw_key_text(&c->w, "name", list[i].name);
		call_write_instant(c, "made_at", list[i].made_at);
		call_write_instant(c, "used_at", list[i].used_at);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
me_remove_key(struct call *c)
{
	struct visit v = call_visit(c);

	return identity_key_remove(&v, &c->who, http_parameter(c->r, "key"));
}

/* As parseRequestOptionsFromJSON() takes them. */
enum err_code
session_ask_key(struct call *c)
{
	struct visit v = call_visit(c);
	struct webauthn_site site;
	struct key_question q;
	enum err_code rc = site_of(c, &site);

	if (!rc)
		rc = identity_key_ask(&v, &c->who, &q);
	if (rc)
		return rc;
	question_begin(c, &q);
	jw_key_text(&c->w, "rpId", site.id);
	descriptors_write(c, "allowCredentials", &q);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
session_answer_key(struct call *c)
{
	struct visit v = call_visit(c);
	struct webauthn_site site;
	struct key_answer a = {.site = &site, .key = call_text(c, "key")};
	struct signed_in in = {0};
	enum err_code rc = site_of(c, &site);

	if (!rc)
		rc = bytes_take(c, "client_data", &a.answer.client_data);
	if (!rc)
		rc = bytes_take(c, "authenticator_data", &a.answer.authenticator);
	if (!rc)
		rc = bytes_take(c, "signature", &a.answer.signature);
	if (!rc)
		rc = identity_key_answer(&v, &c->who, &a, &in);
	return call_signed_in(c, &in, rc);
}
