/* public_key.h -- public keys of others, made of their numbers, and what they signed.
 *
 * Ed25519, P-256, and RSA of 2048 to 4096 bits. NULL for numbers that are no such key; whoever
 * makes one calls EVP_PKEY_free.
 */
#ifndef IDENTITY_PUBLIC_KEY_H
#define IDENTITY_PUBLIC_KEY_H

#include "base/str.h"

#include <openssl/evp.h>

enum { PUBLIC_KEY_PART = 32 }; /* bytes of an Ed25519 key, and of a coordinate of P-256 */

EVP_PKEY *public_key_ed25519(struct str key);
EVP_PKEY *public_key_p256(struct str x, struct str y);
EVP_PKEY *public_key_rsa(struct str modulus, struct str exponent);

enum signature_kind {
	SIGNATURE_EDDSA,
	SIGNATURE_ECDSA,     /* with SHA-256; DER */
	SIGNATURE_RSA_PKCS1, /* with SHA-256 */
	SIGNATURE_RSA_PSS,   /* with SHA-256 in all places, and a salt as long */
};

/* False too for a key of another kind. */
bool public_key_signed(EVP_PKEY *key, enum signature_kind kind, struct str text,
		       struct str signature);

#endif
