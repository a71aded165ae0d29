#include "oidc/oidc.h"

#include "base/buf.h"
#include "base/limits.h"
#include "codec/json.h"
#include "oidc/fetch.h"
#include "oidc/remote.h"
#include "sys/gate.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 1048576, URL_LIMIT = 16384, MS_A_SECOND = 1000, WORD_SHOWN = 40 };

struct oidc_set {
	struct oidc *of;
	struct arena arena; /* of the configuration */
	struct oidc_config config;
	struct remote **remotes; /* one for each provider */
	size_t holders; /* under the lock of what it is of, which is one of them while it is in use
			 */
};

struct oidc {
	const char *path;
	struct str site;
	pthread_mutex_t lock;
	struct oidc_set *now;
	struct gate *gate; /* of whoever waits for a provider */
	uint8_t key[FLOW_KEY_SIZE];
};

static void
set_free(struct oidc_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->remotes && i < s->config.count; i++)
		remote_free(s->remotes[i]);
	free(s->remotes);
	arena_fini(&s->arena);
	free(s);
}

static enum err_code
remotes_make(struct oidc_set *s, struct err *e)
{
	enum err_code rc = ERR_NONE;

	s->remotes = calloc(s->config.count + 1, sizeof(struct remote *));
	if (!s->remotes)
		return err_set(e, ERR_INTERNAL, "", "no memory for providers");
	for (size_t i = 0; !rc && i < s->config.count; i++)
		rc = remote_new(&s->config.providers[i], &s->remotes[i], e);
	return rc;
}

/* What the file has at this moment. */
static enum err_code
set_read(struct oidc *o, struct oidc_set **ret_set, struct err *e)
{
	struct oidc_set *s = calloc(1, sizeof(*s));
	enum err_code rc;

	if (!s)
		return err_set(e, ERR_INTERNAL, "", "no memory for providers");
	s->of = o;
	s->holders = 1;
	arena_init(&s->arena, MEMORY);
	rc = oidc_config_read(o->path, o->site, &s->arena, &s->config, e);
	if (!rc)
		rc = remotes_make(s, e);
	if (rc)
		set_free(s);
	else
		*ret_set = s;
	return rc;
}

enum err_code
oidc_new(const struct oidc_options *options, struct oidc **ret_oidc, struct err *e)
{
	static const char purpose[] = "holdfast: sign-ins at a provider";
	const struct note_key *key = options->key;
	struct oidc *o;
	enum err_code rc;

	if (!key->has_secret)
		return err_set(e, ERR_DENIED, "",
			       "the workspace's secret key is not at hand, and nobody can sign in "
			       "by a provider without it");
	o = calloc(1, sizeof(*o));
	if (!o || sodium_init() < 0) {
		free(o);
		return err_set(e, ERR_INTERNAL, "", "no memory for providers");
	}
	rc = fetch_start(e);
	if (rc) {
		free(o);
		return rc;
	}
	o->path = options->path;
	o->site = options->site;
	(void)pthread_mutex_init(&o->lock, NULL);
	/* The half of the secret key that is no public key. */
	(void)crypto_generichash(o->key, sizeof(o->key), (const uint8_t *)purpose, sizeof(purpose),
				 key->secret_key, crypto_sign_SEEDBYTES);
	rc = gate_new(LIMIT_OIDC_AT_ONCE, LIMIT_OIDC_WAITING, &o->gate, e);
	if (!rc)
		rc = set_read(o, &o->now, e);
	if (rc) {
		oidc_free(o);
		return rc;
	}
	*ret_oidc = o;
	return ERR_NONE;
}

void
oidc_free(struct oidc *o)
{
	if (!o)
		return;
	oidc_release(o->now);
	if (o->gate)
		gate_free(o->gate);
	sodium_memzero(o->key, sizeof(o->key));
	(void)pthread_mutex_destroy(&o->lock);
	fetch_stop();
	free(o);
}

enum err_code
oidc_reload(struct oidc *o, struct err *e)
{
	struct oidc_set *before;
	struct oidc_set *s = NULL;
	enum err_code rc = set_read(o, &s, e);

	if (rc)
		return rc;
	(void)pthread_mutex_lock(&o->lock);
	before = o->now;
	o->now = s;
	(void)pthread_mutex_unlock(&o->lock);
	oidc_release(before);
	return ERR_NONE;
}

struct oidc_set *
oidc_hold(struct oidc *o)
{
	struct oidc_set *s;

	if (!o)
		return NULL;
	(void)pthread_mutex_lock(&o->lock);
	s = o->now;
	s->holders++;
	(void)pthread_mutex_unlock(&o->lock);
	return s;
}

void
oidc_release(struct oidc_set *s)
{
	bool last;

	if (!s)
		return;
	(void)pthread_mutex_lock(&s->of->lock);
	last = --s->holders == 0;
	(void)pthread_mutex_unlock(&s->of->lock);
	if (last)
		set_free(s);
}

void
oidc_releasep(struct oidc_set **s)
{
	oidc_release(*s);
}

const struct oidc_config *
oidc_config(const struct oidc_set *s)
{
	static const struct oidc_config none = {0};

	return s ? &s->config : &none;
}

/* The place of a provider in the configuration. */
static enum err_code
provider_find(const struct oidc_set *s, struct str name, size_t *ret_place, struct err *e)
{
	const struct oidc_config *config = oidc_config(s);
	const struct oidc_provider *p = oidc_config_find(config, name);

	if (!p)
		return err_set(e, ERR_MISSING, "provider", "there is no provider '%.*s'",
			       name.len < 80 ? (int)name.len : 80, name.ptr);
	*ret_place = (size_t)(p - config->providers);
	return ERR_NONE;
}

static enum err_code
enter(struct oidc *o, struct err *e)
{
	if (gate_enter(o->gate, LIMIT_OIDC_WAIT_SECONDS * MS_A_SECOND))
		return ERR_NONE;
	return err_set(e, ERR_BUSY, "", "too many sign-ins wait for a provider; try again");
}

/* RFC 7636 section 4.2. */
static void
challenge_add(struct str verifier, struct buf *out)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(hash, (const uint8_t *)verifier.ptr, verifier.len);
	base64url_encode(out, hash, sizeof(hash));
}

/* Words of ours, which need no encoding, and texts of the configuration. */
static enum err_code
url_make(const struct oidc_provider *p, const struct flow *f, const char *endpoint, struct buf *url,
	 struct err *e)
{
	enum err_code rc;

	buf_addf(url, "%s%cresponse_type=code", endpoint, strchr(endpoint, '?') ? '&' : '?');
	rc = fetch_add(url, "client_id", p->client, e);
	if (!rc)
		rc = fetch_add(url, "redirect_uri", p->redirect, e);
	if (!rc)
		rc = fetch_add(url, "scope", p->scope, e);
	buf_addf(url, "&state=%.*s&nonce=%.*s&code_challenge_method=S256&code_challenge=",
		 STR_ARG(f->state), STR_ARG(f->nonce));
	challenge_add(f->verifier, url);
	if (f->fresh)
		buf_addf(url, "&prompt=login&max_age=0");
	if (!rc && url->failed)
		rc = err_set(e, ERR_TOO_BIG, "", "the provider's address is too long");
	return rc;
}

enum err_code
oidc_begin(struct oidc_set *s, const struct oidc_ask *ask, struct arena *a,
	   struct oidc_way *ret_way, struct err *e)
{
	CLEANUP(buf_fini) struct buf url = {.limit = URL_LIMIT};
	struct flow f = {.provider = ask->provider,
			 .return_to = ask->return_to.ptr ? ask->return_to : str_of("/"),
			 .session = ask->session,
			 .fresh = ask->fresh,
			 .begun_at = ask->now};
	struct endpoints ends = {0};
	size_t place = 0;
	enum err_code rc = provider_find(s, ask->provider, &place, e);

	if (!rc && !flow_is_path(f.return_to))
		rc = err_set(e, ERR_USAGE, "return_to", "'return_to' must be a path of this site");
	if (!rc)
		rc = enter(s->of, e);
	if (rc)
		return rc;
	rc = remote_ask(s->remotes[place], a, &ends, e);
	gate_leave(s->of->gate);
	if (rc)
		return rc;
	flow_words(&f, a);
	rc = url_make(&s->config.providers[place], &f, ends.authorization, &url, e);
	if (rc)
		return rc;
	ret_way->url = str_dup(a, (struct str){url.data, url.len});
	ret_way->cookie = flow_seal(&f, s->of->key, a);
	return ERR_NONE;
}

/* A step on the way back. */
struct coming {
	const struct oidc_provider *provider;
	struct remote *remote;
	const struct oidc_back *back;
	const struct flow *flow;
	struct arena *arena;
};

static enum err_code
form_fill(const struct coming *c, const struct endpoints *ends, struct buf *form, struct err *e)
{
	const struct oidc_provider *p = c->provider;
	enum err_code rc = fetch_add(form, "grant_type", "authorization_code", e);

	if (!rc)
		rc = fetch_add(form, "code", str_z(c->arena, c->back->code), e);
	if (!rc)
		rc = fetch_add(form, "redirect_uri", p->redirect, e);
	if (!rc)
		rc = fetch_add(form, "code_verifier", str_z(c->arena, c->flow->verifier), e);
	if (!rc && !(p->secret && ends->takes_basic))
		rc = fetch_add(form, "client_id", p->client, e);
	if (!rc && p->secret && !ends->takes_basic)
		rc = fetch_add(form, "client_secret", p->secret, e);
	if (!rc && form->failed)
		rc = err_set(e, ERR_DENIED, "code", "the provider's code is too long");
	return rc;
}

/* RFC 6749 section 2.3.1: both encoded, before base64 is made of them. */
static enum err_code
basic_fill(const struct oidc_provider *p, struct buf *user, struct buf *secret, struct err *e)
{
	enum err_code rc = fetch_encode(user, p->client, e);

	return rc ? rc : fetch_encode(secret, p->secret, e);
}

/* A stable word of the standard; what else a provider says is nobody's here to repeat. */
static struct str
word_of(struct str text)
{
	size_t len = 0;

	while (text.ptr && len < text.len && len < WORD_SHOWN &&
	       ((text.ptr[len] >= 'a' && text.ptr[len] <= 'z') || text.ptr[len] == '_'))
		len++;
	return len > 0 && len == text.len ? text : str_of("no reason");
}

static struct str
text_member(const json_t *json, const char *name)
{
	return json_str(json_object_get(json, name));
}

/* What came for the code. */
struct granted {
	struct str id_token;
	struct str access_token;
};

static enum err_code
granted_take(const struct coming *c, const json_t *said, long status, struct granted *ret_granted,
	     struct err *e)
{
	struct str token = text_member(said, "id_token");
	struct str word = word_of(text_member(said, "error"));

	if (status == 400 || status == 401 || status == 403)
		return err_set(e, ERR_DENIED, "code", "the provider does not take its code: %.*s",
			       STR_ARG(word));
	if (status != 200)
		return err_set(e, ERR_BUSY, "", "the provider answers a code with the status %ld",
			       status);
	if (!token.ptr)
		return err_set(e, ERR_DENIED, "id_token",
			       "the provider sent no token for its code");
	*ret_granted = (struct granted){
		.id_token = str_dup(c->arena, token),
		.access_token = str_dup(c->arena, text_member(said, "access_token"))};
	return ERR_NONE;
}

static enum err_code
code_redeem(const struct coming *c, const struct endpoints *ends, struct granted *ret_granted,
	    struct err *e)
{
	CLEANUP(buf_fini) struct buf form = {.limit = URL_LIMIT};
	CLEANUP(buf_fini) struct buf user = {.limit = URL_LIMIT};
	CLEANUP(buf_fini) struct buf secret = {.limit = URL_LIMIT};
	CLEANUP(buf_fini) struct buf body = {.limit = LIMIT_OIDC_ANSWER_BYTES};
	struct fetch f = {.url = ends->token, .ca_file = c->provider->ca_file};
	json_t *said = NULL;
	long status = 0;
	enum err_code rc = form_fill(c, ends, &form, e);

	f.form = form.data;
	if (!rc && c->provider->secret && ends->takes_basic) {
		rc = basic_fill(c->provider, &user, &secret, e);
		f.user = user.data;
		f.secret = secret.data;
	}
	if (!rc)
		rc = fetch(&f, &body, &status, e);
	if (!rc && json_read((struct str){body.data, body.len}, &said, e))
		rc = err_set(e, ERR_BUSY, "", "the provider answers a code with what is no JSON");
	if (!rc)
		rc = granted_take(c, said, status, ret_granted, e);
	json_decref(said);
	return rc;
}

static enum err_code
token_weigh(const struct coming *c, const struct granted *g, struct claims *ret_claims,
	    struct err *e)
{
	const struct oidc_provider *p = c->provider;
	const struct claims_wanted wanted = {.issuer = p->issuer,
					     .client = p->client,
					     .subject = p->subject,
					     .nonce = c->flow->nonce,
					     .access_token = g->access_token,
					     .acr = &p->acr,
					     .amr = &p->amr,
					     .now = c->back->now,
					     .oldest = c->flow->fresh ? c->flow->begun_at : 0};
	struct jws j;
	enum err_code rc = jws_read(g->id_token, c->arena, &j, e);

	if (!rc)
		rc = remote_signed(c->remote, &j, e);
	return rc ? rc : claims_read(&j, &wanted, c->arena, ret_claims, e);
}

/* That the browser comes from where it was sent, and brings what it was given there. */
static enum err_code
back_check(const struct coming *c, struct err *e)
{
	const struct oidc_back *b = c->back;

	if (!str_is(c->flow->provider, c->provider->name) || b->state.len != c->flow->state.len ||
	    sodium_memcmp(b->state.ptr, c->flow->state.ptr, b->state.len) != 0)
		return err_set(e, ERR_DENIED, "state",
			       "this is not the sign-in that was begun in this browser; begin it "
			       "anew");
	if (b->issuer.ptr && !str_is(b->issuer, c->provider->issuer))
		return err_set(e, ERR_DENIED, "iss", "the answer is another provider's");
	if (b->fault.ptr)
		return err_set(e, ERR_DENIED, "error", "the provider lets nobody in: %.*s",
			       STR_ARG(word_of(b->fault)));
	if (b->code.len == 0)
		return err_set(e, ERR_DENIED, "code", "the provider sent no code");
	return ERR_NONE;
}

static enum err_code
come_back(const struct coming *c, struct claims *ret_claims, struct err *e)
{
	struct endpoints ends = {0};
	struct granted granted;
	enum err_code rc = remote_ask(c->remote, c->arena, &ends, e);

	if (!rc && ends.tells_issuer && !c->back->issuer.ptr)
		rc = err_set(e, ERR_DENIED, "iss", "the answer does not say whose it is");
	if (!rc)
		rc = code_redeem(c, &ends, &granted, e);
	return rc ? rc : token_weigh(c, &granted, ret_claims, e);
}

enum err_code
oidc_return(struct oidc_set *s, const struct oidc_back *back, struct arena *a,
	    struct oidc_user *ret_user, struct err *e)
{
	struct oidc_user u = {0};
	struct coming c = {.back = back, .flow = &u.flow};
	const struct flow_lock lock = {s ? s->of->key : NULL, back->now};
	size_t place = 0;
	enum err_code rc = provider_find(s, back->provider, &place, e);

	if (!rc)
		rc = flow_open(back->cookie, &lock, a, &u.flow, e);
	if (rc)
		return rc;
	c.provider = u.provider = &s->config.providers[place];
	rc = back_check(&c, e);
	if (!rc)
		*ret_user = u;
	return rc;
}

enum err_code
oidc_finish(struct oidc_set *s, const struct oidc_back *back, struct arena *a,
	    struct oidc_user *user, struct err *e)
{
	const struct coming c = {.provider = user->provider,
				 .remote = s->remotes[user->provider - s->config.providers],
				 .back = back,
				 .flow = &user->flow,
				 .arena = a};
	enum err_code rc = enter(s->of, e);

	if (rc)
		return rc;
	rc = come_back(&c, &user->claims, e);
	gate_leave(s->of->gate);
	return rc;
}
