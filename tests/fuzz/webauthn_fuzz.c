#include "fuzz.h"

#include "codec/cbor.h"
#include "identity/cose.h"
#include "identity/webauthn.h"

#include <stdlib.h>

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static bool
within(struct str part, struct str whole)
{
	return part.ptr >= whole.ptr && part.len <= whole.len &&
	       (size_t)(part.ptr - whole.ptr) <= whole.len - part.len;
}

/* Every item lies within the input, and reading them one by one comes to its end or to a fault. */
static void
items(struct str input)
{
	struct cbor c = cbor_of(input);
	struct cbor skipped = c;
	struct cbor_item item;
	struct str left;

	if (cbor_skip(&skipped)) {
		left = cbor_rest(&skipped);
		demand(left.len < input.len);
	}
	while (cbor_next(&c, &item)) {
		left = cbor_rest(&c);
		demand(within(left, input));
		if (item.kind == CBOR_BYTES || item.kind == CBOR_TEXT)
			demand(within(item.bytes, input));
	}
}

static void
attestation(struct str input)
{
	static const char said[] = "{\"type\":\"webauthn.create\",\"challenge\":\"eA\","
				   "\"origin\":\"https://holdfast.example.org\"}";
	const struct webauthn_site site = {.id = str_of("holdfast.example.org"),
					   .origin = str_of("https://holdfast.example.org")};
	struct webauthn_question q = {.site = &site, .challenge = str_of("eA")};
	struct webauthn_answer a = {.client_data = str_of(said), .authenticator = input};
	struct webauthn_key key;
	struct cose_key public;
	struct err e;

	demand(hasher_new(&q.hasher, &e) == ERR_NONE);
	if (webauthn_register(&q, &a, &key, &e)) {
		demand((e.code == ERR_DENIED || e.code == ERR_INVALID) && e.message[0] != '\0');
	} else {
		demand(within(key.id, input) && within(key.public, input) && key.id.len > 0);
		demand(cose_read(key.public, &public, &e) == ERR_NONE);
		cose_free(&public);
	}
	hasher_free(q.hasher);
}

static void
public_key(struct str input)
{
	struct cose_key key;
	struct err e;

	if (cose_read(input, &key, &e)) {
		demand(e.code == ERR_INVALID);
		return;
	}
	(void)cose_verify(&key, input, input);
	cose_free(&key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = {(const char *)data, size};

	items(input);
	attestation(input);
	public_key(input);
	return 0;
}
