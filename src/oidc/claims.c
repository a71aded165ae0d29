#include "oidc/claims.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"
#include "model/bind.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

enum {
	MS_A_SECOND = 1000,
	HASH_MOST = 64,
	HALF_TEXT = 64,
};

static enum err_code
refuse(struct err *e, const char *claim, const char *why)
{
	return err_set(e, ERR_DENIED, claim, "the provider's token is not taken: '%s' %s", claim,
		       why);
}

static bool
is_text(const json_t *value, const char *text)
{
	return json_is_string(value) && str_is(json_str(value), text);
}

/* Other audiences are none that anybody here trusts. */
static bool
audience_fits(const json_t *aud, const char *client)
{
	bool all = json_array_size(aud) > 0;

	for (size_t i = 0; i < json_array_size(aud); i++)
		all = all && is_text(json_array_get(aud, i), client);
	return all || is_text(aud, client);
}

/* RFC 7519 section 2: seconds, that may have a fraction. *ret_ms stays without one; a provider may
 * say 0 for what it does not know. */
static enum err_code
instant(const json_t *claims, const char *name, int64_t *ret_ms, struct err *e)
{
	const json_t *value = json_object_get(claims, name);
	double seconds = json_number_value(value);

	if (!value)
		return ERR_NONE;
	if (!json_is_number(value) || !isfinite(seconds) || seconds < 0 || seconds > 253402300799.0)
		return refuse(e, name, "is no instant");
	*ret_ms = (int64_t)seconds * MS_A_SECOND;
	return ERR_NONE;
}

/* Clocks may differ a little. */
static enum err_code
times_check(const json_t *claims, const struct claims_wanted *w, struct claims *c, struct err *e)
{
	const int64_t leeway = (int64_t)LIMIT_OIDC_LEEWAY_SECONDS * MS_A_SECOND;
	int64_t ends = 0, made = 0, begins = 0, proven = 0;
	enum err_code rc = instant(claims, "exp", &ends, e);

	if (!rc)
		rc = instant(claims, "iat", &made, e);
	if (!rc)
		rc = instant(claims, "nbf", &begins, e);
	if (!rc)
		rc = instant(claims, "auth_time", &proven, e);
	if (rc)
		return rc;
	if (ends <= w->now - leeway)
		return refuse(e, "exp", "says that it has ended");
	if (made > w->now + leeway ||
	    made < w->now - leeway - (int64_t)LIMIT_OIDC_FLOW_SECONDS * MS_A_SECOND)
		return refuse(e, "iat", "says that it was not made just now");
	if (begins > w->now + leeway)
		return refuse(e, "nbf", "says that it is not good yet");
	if (proven > w->now + leeway)
		return refuse(e, "auth_time", "lies in the future");
	if (w->oldest && proven < w->oldest - leeway)
		return refuse(e, "auth_time", "does not say that the user has just signed in");
	c->proven_at = proven < w->now ? proven : w->now;
	return ERR_NONE;
}

/* Section 3.1.3.6: the left half of the hash that goes with the algorithm; of Ed25519 that is
 * SHA-512. */
static enum err_code
access_token_check(const json_t *claims, const struct jws *j, struct str access_token,
		   struct err *e)
{
	CLEANUP(buf_fini) struct buf half = {.limit = HALF_TEXT};
	const json_t *said = json_object_get(claims, "at_hash");
	const EVP_MD *digest = j->algorithm == JWS_EDDSA ? EVP_sha512() : EVP_sha256();
	uint8_t hash[HASH_MOST];
	unsigned len = 0;

	if (!said)
		return ERR_NONE;
	if (!access_token.ptr)
		return refuse(e, "at_hash", "is of an access token that did not come");
	if (EVP_Digest(access_token.ptr, access_token.len, hash, &len, digest, NULL) != 1)
		return err_set(e, ERR_INTERNAL, "", "a hash cannot be made");
	base64url_encode(&half, hash, len / 2);
	if (half.failed || !is_text(said, half.data))
		return refuse(e, "at_hash", "is of another access token");
	return ERR_NONE;
}

static enum err_code
nonce_check(const json_t *claims, struct str nonce, struct err *e)
{
	struct str said = json_str(json_object_get(claims, "nonce"));

	if (said.len == nonce.len && nonce.len > 0 &&
	    sodium_memcmp(said.ptr, nonce.ptr, nonce.len) == 0)
		return ERR_NONE;
	return refuse(e, "nonce", "is of another sign-in");
}

static bool
text_take(const json_t *claims, const char *name, size_t most, struct arena *a, struct str *ret)
{
	struct str text = json_str(json_object_get(claims, name));

	if (!text_is_printable(text, most))
		return false;
	*ret = str_dup(a, text);
	return true;
}

static bool
word_is_among(const struct words *words, const json_t *value)
{
	return json_is_string(value) && words_have(words, json_str(value));
}

static bool
has_second_factor(const json_t *claims, const struct claims_wanted *w)
{
	const json_t *ways = json_object_get(claims, "amr");
	bool has = word_is_among(w->acr, json_object_get(claims, "acr"));

	for (size_t i = 0; i < json_array_size(ways); i++)
		has = has || word_is_among(w->amr, json_array_get(ways, i));
	return has;
}

static enum err_code
who_take(const json_t *claims, const struct claims_wanted *w, struct arena *a, struct claims *c,
	 struct err *e)
{
	struct str sub;

	if (!text_take(claims, "sub", LIMIT_SUBJECT_BYTES, a, &sub))
		return refuse(e, "sub", "is missing, or no identifier");
	if (!text_take(claims, w->subject, LIMIT_SUBJECT_BYTES, a, &c->subject))
		return refuse(e, w->subject, "is missing, or no identifier");
	if (json_is_true(json_object_get(claims, "email_verified")))
		(void)text_take(claims, "email", LIMIT_SUBJECT_BYTES, a, &c->email);
	c->second_factor = has_second_factor(claims, w);
	return ERR_NONE;
}

static enum err_code
check(const json_t *claims, const struct jws *j, const struct claims_wanted *w, struct claims *c,
      struct err *e)
{
	const json_t *azp = json_object_get(claims, "azp");
	enum err_code rc;

	if (!is_text(json_object_get(claims, "iss"), w->issuer))
		return refuse(e, "iss", "is another issuer");
	if (!audience_fits(json_object_get(claims, "aud"), w->client))
		return refuse(e, "aud", "says that it is not for us alone");
	if (azp && !is_text(azp, w->client))
		return refuse(e, "azp", "says that somebody else asked for it");
	rc = times_check(claims, w, c, e);
	if (!rc)
		rc = nonce_check(claims, w->nonce, e);
	return rc ? rc : access_token_check(claims, j, w->access_token, e);
}

enum err_code
claims_read(const struct jws *j, const struct claims_wanted *w, struct arena *a,
	    struct claims *ret_claims, struct err *e)
{
	struct claims c = {0};
	json_t *claims = NULL;
	enum err_code rc;

	if (json_read(j->payload, &claims, e))
		return err_set(e, ERR_DENIED, "id_token",
			       "the provider's token is not taken: what it says is no JSON");
	rc = check(claims, j, w, &c, e);
	if (!rc)
		rc = who_take(claims, w, a, &c, e);
	json_decref(claims);
	if (!rc)
		*ret_claims = c;
	return rc;
}
