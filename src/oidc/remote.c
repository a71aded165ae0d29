#include "oidc/remote.h"

#include "base/limits.h"
#include "codec/json.h"
#include "model/bind.h"
#include "oidc/fetch.h"
#include "oidc/url.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* All but the provider under the lock. */
struct remote {
	const struct oidc_provider *provider;
	pthread_mutex_t lock;
	struct arena arena; /* of what follows */
	struct endpoints endpoints;
	const char *keys_url;
	struct jwks keys;
	int64_t said_ns;   /* when it told of itself; 0: it has not */
	int64_t keys_ns;   /* when the keys came; 0: they have not */
	int64_t asked_ns;  /* when they were last asked for */
	int64_t failed_ns; /* when it failed last; 0: it did not since */
	struct err failure;
};

enum err_code
remote_new(const struct oidc_provider *p, struct remote **ret_remote, struct err *e)
{
	struct remote *r = calloc(1, sizeof(*r));

	if (!r || pthread_mutex_init(&r->lock, NULL) != 0) {
		free(r);
		return err_set(e, ERR_INTERNAL, "", "no memory for a provider");
	}
	r->provider = p;
	arena_init(&r->arena, LIMIT_OIDC_ANSWER_BYTES);
	*ret_remote = r;
	return ERR_NONE;
}

void
remote_free(struct remote *r)
{
	if (!r)
		return;
	if (r->keys_ns)
		jwks_free(&r->keys);
	arena_fini(&r->arena);
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

static bool
is_recent(int64_t ns, int64_t seconds)
{
	return ns && clock_monotonic_ns() - ns < seconds * 1000 * NS_A_MS;
}

/* The body of a page that must be there. */
static enum err_code
page_fetch(const struct remote *r, const char *url, struct buf *body, struct err *e)
{
	const struct fetch f = {.url = url, .ca_file = r->provider->ca_file};
	long status = 0;
	enum err_code rc = fetch(&f, body, &status, e);

	if (!rc && status != 200)
		rc = err_set(e, ERR_BUSY, "", "%.200s answers with the status %ld", url, status);
	return rc;
}

static enum err_code
useless(const struct remote *r, struct err *e, const char *what)
{
	struct err why = *e;

	return err_set(e, ERR_BUSY, "", "the provider '%s' cannot be used: %s%s%.200s",
		       r->provider->name, what, why.message[0] ? ": " : "", why.message);
}

static enum err_code
endpoint_take(struct remote *r, const json_t *said, const char *name, const char **ret_url,
	      struct err *e)
{
	const json_t *value = json_object_get(said, name);

	*e = (struct err){0};
	if (!json_is_string(value) || url_check(json_string_value(value), name, e))
		return useless(r, e, name);
	*ret_url = str_z(&r->arena, json_str(value));
	return ERR_NONE;
}

static bool
list_has(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *value = json_string_value(json_array_get(list, i));

		if (value && strcmp(value, word) == 0)
			return true;
	}
	return false;
}

/* How it wants to be asked. What it does not say is as section 3 of the standard has it. */
static enum err_code
ways_take(struct remote *r, const json_t *said, struct err *e)
{
	const json_t *ways = json_object_get(said, "token_endpoint_auth_methods_supported");
	const json_t *proofs = json_object_get(said, "code_challenge_methods_supported");

	*e = (struct err){0};
	r->endpoints.takes_basic = !ways || list_has(ways, "client_secret_basic");
	r->endpoints.tells_issuer = json_is_true(
		json_object_get(said, "authorization_response_iss_parameter_supported"));
	if (r->provider->secret && !r->endpoints.takes_basic &&
	    !list_has(ways, "client_secret_post"))
		return useless(r, e, "it takes a secret in no way that is known here");
	if (json_array_size(proofs) > 0 && !list_has(proofs, "S256"))
		return useless(r, e, "it does not know PKCE with S256");
	return ERR_NONE;
}

static enum err_code
said_take(struct remote *r, const json_t *said, struct err *e)
{
	const json_t *issuer = json_object_get(said, "issuer");
	enum err_code rc;

	if (!json_is_string(issuer) || strcmp(json_string_value(issuer), r->provider->issuer) != 0)
		return useless(r, e, "it says that its issuer is another one");
	rc = endpoint_take(r, said, "authorization_endpoint", &r->endpoints.authorization, e);
	if (!rc)
		rc = endpoint_take(r, said, "token_endpoint", &r->endpoints.token, e);
	if (!rc)
		rc = endpoint_take(r, said, "jwks_uri", &r->keys_url, e);
	return rc ? rc : ways_take(r, said, e);
}

/* Discovery section 4: the issuer without a slash at its end, and then that path. */
static enum err_code
said_fetch(struct remote *r, struct err *e)
{
	CLEANUP(buf_fini) struct buf body = {.limit = LIMIT_OIDC_ANSWER_BYTES};
	CLEANUP(buf_fini) struct buf url = {.limit = 2 * LIMIT_ISSUER_BYTES};
	size_t len = strlen(r->provider->issuer);
	json_t *said = NULL;
	enum err_code rc;

	while (len > 0 && r->provider->issuer[len - 1] == '/')
		len--;
	buf_addf(&url, "%.*s/.well-known/openid-configuration", (int)len, r->provider->issuer);
	rc = page_fetch(r, url.data, &body, e);
	if (rc)
		return rc;
	if (json_read((struct str){body.data, body.len}, &said, e))
		return useless(r, e, "what it says of itself is no JSON");
	arena_reset(&r->arena);
	rc = said_take(r, said, e);
	json_decref(said);
	return rc;
}

static enum err_code
keys_fetch(struct remote *r, struct err *e)
{
	CLEANUP(buf_fini) struct buf body = {.limit = LIMIT_OIDC_ANSWER_BYTES};
	struct jwks keys;
	enum err_code rc;

	r->asked_ns = clock_monotonic_ns();
	rc = page_fetch(r, r->keys_url, &body, e);
	if (rc)
		return rc;
	if (jwks_read((struct str){body.data, body.len}, &keys, e))
		return useless(r, e, "its keys cannot be read");
	if (r->keys_ns)
		jwks_free(&r->keys);
	r->keys = keys;
	r->keys_ns = clock_monotonic_ns();
	return ERR_NONE;
}

/* Remembers that it failed. */
static enum err_code
tried(struct remote *r, enum err_code rc, const struct err *e)
{
	r->failed_ns = rc ? clock_monotonic_ns() : 0;
	r->failure = *e;
	return rc;
}

static enum err_code
said_have(struct remote *r, struct err *e)
{
	enum err_code rc;

	if (is_recent(r->said_ns, LIMIT_OIDC_AGE_SECONDS))
		return ERR_NONE;
	if (is_recent(r->failed_ns, LIMIT_OIDC_RETRY_SECONDS)) {
		*e = r->failure;
		return e->code;
	}
	r->said_ns = 0;
	rc = tried(r, said_fetch(r, e), e);
	if (!rc)
		r->said_ns = clock_monotonic_ns();
	return rc;
}

static enum err_code
keys_have(struct remote *r, struct err *e)
{
	if (is_recent(r->keys_ns, LIMIT_OIDC_AGE_SECONDS))
		return ERR_NONE;
	if (is_recent(r->failed_ns, LIMIT_OIDC_RETRY_SECONDS)) {
		*e = r->failure;
		return e->code;
	}
	return tried(r, keys_fetch(r, e), e);
}

enum err_code
remote_ask(struct remote *r, struct arena *a, struct endpoints *ret_endpoints, struct err *e)
{
	enum err_code rc;

	(void)pthread_mutex_lock(&r->lock);
	rc = said_have(r, e);
	if (!rc) {
		*ret_endpoints = r->endpoints;
		ret_endpoints->authorization = str_z(a, str_of(r->endpoints.authorization));
		ret_endpoints->token = str_z(a, str_of(r->endpoints.token));
	}
	(void)pthread_mutex_unlock(&r->lock);
	return rc;
}

/* A provider may have a new key since. */
static enum err_code
key_find(struct remote *r, const struct jws *j, const struct jwk **ret_key, struct err *e)
{
	enum err_code rc = said_have(r, e);

	if (!rc)
		rc = keys_have(r, e);
	if (rc)
		return rc;
	*ret_key = jws_key(j, &r->keys);
	if (*ret_key || is_recent(r->asked_ns, LIMIT_OIDC_REFRESH_SECONDS))
		return ERR_NONE;
	rc = keys_fetch(r, e);
	if (!rc)
		*ret_key = jws_key(j, &r->keys);
	return rc;
}

enum err_code
remote_signed(struct remote *r, const struct jws *j, struct err *e)
{
	const struct jwk *key = NULL;
	enum err_code rc;

	(void)pthread_mutex_lock(&r->lock);
	rc = key_find(r, j, &key, e);
	if (!rc && !key)
		rc = err_set(e, ERR_DENIED, "id_token",
			     "the provider's token is not taken: it is signed with a key that is "
			     "none of the provider's");
	else if (!rc && !jws_holds(j, key))
		rc = err_set(e, ERR_DENIED, "id_token",
			     "the provider's token is not taken: its signature does not hold");
	(void)pthread_mutex_unlock(&r->lock);
	return rc;
}
