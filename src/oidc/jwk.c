#include "oidc/jose.h"

#include "base/hash.h"
#include "base/limits.h"
#include "codec/json.h"

#include <string.h>

static struct str
member(const json_t *jwk, const char *name)
{
	return json_str(json_object_get(jwk, name));
}

static bool
number(const json_t *jwk, const char *name, struct arena *a, struct str *ret_bytes)
{
	struct str text = member(jwk, name);

	return text.ptr && base64url_read(text, a, ret_bytes);
}

static EVP_PKEY *
key_make(const json_t *jwk, struct arena *a)
{
	struct str kind = member(jwk, "kty");
	struct str curve = member(jwk, "crv");
	struct str first, second;

	if (!kind.ptr)
		return NULL;
	if (str_is(kind, "RSA"))
		return number(jwk, "n", a, &first) && number(jwk, "e", a, &second)
			       ? public_key_rsa(first, second)
			       : NULL;
	if (!curve.ptr || !number(jwk, "x", a, &first))
		return NULL;
	if (str_is(kind, "OKP") && str_is(curve, "Ed25519"))
		return public_key_ed25519(first);
	if (str_is(kind, "EC") && str_is(curve, "P-256") && number(jwk, "y", a, &second))
		return public_key_p256(first, second);
	return NULL;
}

/* Sections 4.2 and 4.3: a key may say what it is for. */
static bool
is_for_signatures(const json_t *jwk)
{
	const json_t *uses = json_object_get(jwk, "key_ops");
	const json_t *use = json_object_get(jwk, "use");
	bool good = !uses;

	for (size_t i = 0; i < json_array_size(uses); i++) {
		const char *word = json_string_value(json_array_get(uses, i));

		good = good || (word && strcmp(word, "verify") == 0);
	}
	return good &&
	       (!use || (json_is_string(use) && strcmp(json_string_value(use), "sig") == 0));
}

static bool
is_text_or_missing(const json_t *jwk, const char *name)
{
	const json_t *value = json_object_get(jwk, name);

	return !value || json_is_string(value);
}

static void
key_add(const json_t *jwk, struct jwks *k)
{
	EVP_PKEY *key = NULL;

	if (is_for_signatures(jwk) && is_text_or_missing(jwk, "kid") &&
	    is_text_or_missing(jwk, "alg"))
		key = key_make(jwk, &k->arena);
	if (key)
		k->keys[k->count++] =
			(struct jwk){.key = key,
				     .kid = str_dup(&k->arena, member(jwk, "kid")),
				     .algorithm = str_dup(&k->arena, member(jwk, "alg"))};
}

enum err_code
jwks_read(struct str text, struct jwks *ret_keys, struct err *e)
{
	struct jwks k = {0};
	json_t *json = NULL;
	enum err_code rc = json_read(text, &json, e);
	const json_t *list = json_object_get(json, "keys");
	size_t count = json_array_size(list);

	if (!rc && !json_is_array(list))
		rc = err_set(e, ERR_INVALID, "keys", "this is no set of keys");
	if (!rc && count > LIMIT_OIDC_KEYS)
		rc = err_set(e, ERR_TOO_BIG, "keys", "a set of keys has at most %d",
			     LIMIT_OIDC_KEYS);
	if (!rc) {
		arena_init(&k.arena, LIMIT_OIDC_ANSWER_BYTES);
		k.keys = arena_alloc(&k.arena, (count + 1) * sizeof(*k.keys));
		for (size_t i = 0; i < count; i++)
			key_add(json_array_get(list, i), &k);
		*ret_keys = k;
	}
	json_decref(json);
	return rc;
}

void
jwks_free(struct jwks *k)
{
	for (size_t i = 0; i < k->count; i++)
		EVP_PKEY_free(k->keys[i].key);
	arena_fini(&k->arena);
	*k = (struct jwks){0};
}
