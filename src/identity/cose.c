#include "identity/cose.h"

#include "codec/cbor.h"

enum {
	LABEL_KIND = 1,
	LABEL_ALGORITHM = 3,
	LABEL_FIRST = -1, /* the curve; of RSA the modulus */
	LABEL_SECOND = -2,
	LABEL_THIRD = -3,
	KIND_OKP = 1,
	KIND_EC2 = 2,
	KIND_RSA = 3,
	EDDSA = -8,
	ES256 = -7,
	RS256 = -257,
	CURVE_P256 = 1,
	CURVE_ED25519 = 6,
	PARTS = 5,
};

/* The parts that any of the three has, where they were there. */
struct parts {
	struct cbor_item kind, algorithm, first, second, third;
};

static struct cbor_item *
part(struct parts *p, int64_t label)
{
	switch (label) {
	case LABEL_KIND:
		return &p->kind;
	case LABEL_ALGORITHM:
		return &p->algorithm;
	case LABEL_FIRST:
		return &p->first;
	case LABEL_SECOND:
		return &p->second;
	case LABEL_THIRD:
		return &p->third;
	default:
		return NULL;
	}
}

/* A null stands for what was not there: none of the parts may be one. */
static bool
parts_read(struct str bytes, struct parts *p)
{
	const struct cbor_item none = {.kind = CBOR_NULL};
	struct cbor c = cbor_of(bytes);
	struct cbor_item map, label;

	*p = (struct parts){none, none, none, none, none};
	if (!cbor_next(&c, &map) || map.kind != CBOR_MAP || map.number > PARTS)
		return false;
	for (int64_t i = 0; i < map.number; i++) {
		struct cbor_item *at;

		if (!cbor_next(&c, &label) || label.kind != CBOR_INT)
			return false;
		at = part(p, label.number);
		if (!at || at->kind != CBOR_NULL || !cbor_next(&c, at) ||
		    (at->kind != CBOR_INT && at->kind != CBOR_BYTES))
			return false;
	}
	return c.at == c.end;
}

static bool
is_number(const struct cbor_item *item, int64_t number)
{
	return item->kind == CBOR_INT && item->number == number;
}

static bool
is_bytes(const struct cbor_item *item)
{
	return item->kind == CBOR_BYTES;
}

/* What has another kind of number in a place than the key takes is none. */
static EVP_PKEY *
key_make(const struct parts *p)
{
	const struct str first = p->first.bytes, second = p->second.bytes;

	if (is_number(&p->kind, KIND_OKP) && is_number(&p->algorithm, EDDSA) &&
	    is_number(&p->first, CURVE_ED25519) && is_bytes(&p->second) &&
	    p->third.kind == CBOR_NULL)
		return public_key_ed25519(second);
	if (is_number(&p->kind, KIND_EC2) && is_number(&p->algorithm, ES256) &&
	    is_number(&p->first, CURVE_P256) && is_bytes(&p->second) && is_bytes(&p->third))
		return public_key_p256(second, p->third.bytes);
	if (is_number(&p->kind, KIND_RSA) && is_number(&p->algorithm, RS256) &&
	    is_bytes(&p->first) && is_bytes(&p->second) && p->third.kind == CBOR_NULL)
		return public_key_rsa(first, second);
	return NULL;
}

static enum signature_kind
kind_of(const struct parts *p)
{
	if (is_number(&p->algorithm, EDDSA))
		return SIGNATURE_EDDSA;
	return is_number(&p->algorithm, ES256) ? SIGNATURE_ECDSA : SIGNATURE_RSA_PKCS1;
}

enum err_code
cose_read(struct str bytes, struct cose_key *ret_key, struct err *e)
{
	struct parts p;
	EVP_PKEY *key = parts_read(bytes, &p) ? key_make(&p) : NULL;

	if (!key)
		return err_set(e, ERR_INVALID, "public_key",
			       "the authenticator's key is of no kind that is known here: it must "
			       "be ES256, EdDSA or RS256");
	*ret_key = (struct cose_key){.key = key, .signs = kind_of(&p)};
	return ERR_NONE;
}

void
cose_free(struct cose_key *key)
{
	EVP_PKEY_free(key->key);
	key->key = NULL;
}

bool
cose_verify(const struct cose_key *key, struct str text, struct str signature)
{
	return public_key_signed(key->key, key->signs, text, signature);
}

const int cose_algorithms[COSE_ALGORITHMS] = {EDDSA, ES256, RS256};
