#include "identity/webauthn.h"

#include "base/limits.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "identity/cose.h"

#include <string.h>

enum {
	FLAGS_AT = HASH_SIZE,
	COUNT_AT = FLAGS_AT + 1,
	DATA_LEAST = COUNT_AT + 4,
	AAGUID_SIZE = 16,
	PRESENT = 0x01,
	HAS_KEY = 0x40,
	HAS_MORE = 0x80,
	CREDENTIAL_ID_MOST = 1023,
};

static enum err_code
denied(struct err *e, const char *why)
{
	return err_set(e, ERR_DENIED, "authenticator",
		       "the authenticator's answer does not hold: %s", why);
}

static bool
says(const json_t *json, const char *key, struct str wanted)
{
	const json_t *value = json_object_get(json, key);

	return json_is_string(value) && str_eq(json_str(value), wanted);
}

static enum err_code
client_data_check(const struct webauthn_question *q, struct str text, const char *type,
		  struct err *e)
{
	json_t *json = NULL;
	struct err fault;
	enum err_code rc = ERR_NONE;

	if (text.len > LIMIT_AUTHENTICATOR_BYTES || json_read(text, &json, &fault))
		return denied(e, "what the browser says of it is no JSON");
	if (!says(json, "type", str_of(type)))
		rc = denied(e, "it answers another kind of question");
	else if (!says(json, "challenge", q->challenge))
		rc = denied(e, "it answers another question");
	else if (!says(json, "origin", q->site->origin))
		rc = denied(e, "the browser was at another place");
	else if (json_object_get(json, "crossOrigin") &&
		 !json_is_false(json_object_get(json, "crossOrigin")))
		rc = denied(e, "the browser was in a page within a page");
	json_decref(json);
	return rc;
}

static bool
only_has(struct str text, const char *letters)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!strchr(letters, text.ptr[i]) || text.ptr[i] == '\0')
			return false;
	}
	return text.len > 0;
}

/* An address in numbers is no name that a key can be for. */
static bool
is_name(struct str name)
{
	return only_has(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") &&
	       !only_has(name, "0123456789.");
}

enum err_code
webauthn_site_read(struct str url, struct webauthn_site *ret_site, struct err *e)
{
	bool tls = str_begins(url, "https://");
	size_t head = strlen(tls ? "https://" : "http://");
	struct str port = {url.ptr + head, url.len - head};
	struct str name;
	int64_t number = 1;

	if ((!tls && !str_begins(url, "http://")) || !port.len)
		return err_set(e, ERR_USAGE, "public-url",
			       "'%.*s' is no address such as https://name", STR_ARG(url));
	name = str_cut(&port, ':');
	if (!is_name(name) || (port.ptr && (!only_has(port, "0123456789") ||
					    !str_int(port, &number) || number > UINT16_MAX)))
		return err_set(e, ERR_USAGE, "public-url",
			       "'%.*s' must be a scheme, a name in lower case and, where it needs "
			       "one, a port, and nothing after it",
			       STR_ARG(url));
	if (!tls && !str_is(name, "localhost"))
		return err_set(e, ERR_USAGE, "public-url",
			       "browsers use security keys only over https, or on localhost");
	*ret_site = (struct webauthn_site){.id = name, .origin = url};
	return ERR_NONE;
}

/* Authenticator data (section 6.1), taken apart. */
struct data {
	unsigned flags;
	int64_t count;
	struct str rest;
};

static enum err_code
data_read(const struct webauthn_question *q, struct str bytes, struct data *ret_data, struct err *e)
{
	struct hash site = hash_of(q->hasher, q->site->id.ptr, q->site->id.len);
	const uint8_t *at = (const uint8_t *)bytes.ptr;

	if (bytes.len < DATA_LEAST || bytes.len > LIMIT_AUTHENTICATOR_BYTES)
		return denied(e, "its data is too short or too long");
	if (memcmp(at, site.bytes, HASH_SIZE) != 0)
		return denied(e, "it is for another site");
	ret_data->flags = at[FLAGS_AT];
	ret_data->count = (int64_t)at[COUNT_AT] << 24 | at[COUNT_AT + 1] << 16 |
			  at[COUNT_AT + 2] << 8 | at[COUNT_AT + 3];
	ret_data->rest = (struct str){bytes.ptr + DATA_LEAST, bytes.len - DATA_LEAST};
	if (!(ret_data->flags & PRESENT))
		return denied(e, "nobody touched it");
	return ERR_NONE;
}

/* What follows, if it says that something does: extensions, a map. */
static enum err_code
rest_check(const struct data *d, struct cbor c, struct err *e)
{
	struct cbor ahead = c;
	struct cbor_item item;

	if (d->flags & HAS_MORE) {
		if (!cbor_next(&ahead, &item) || item.kind != CBOR_MAP || !cbor_skip(&c))
			return denied(e, "its extensions cannot be read");
	}
	return c.at == c.end ? ERR_NONE : denied(e, "its data goes on after its end");
}

/* The new credential in the data. */
static enum err_code
key_read(const struct data *d, struct webauthn_key *ret_key, struct err *e)
{
	const uint8_t *at = (const uint8_t *)d->rest.ptr;
	struct webauthn_key key = {.count = d->count};
	struct cose_key public;
	struct cbor c;
	size_t len = 0;
	enum err_code rc;

	if (!(d->flags & HAS_KEY) || d->rest.len < AAGUID_SIZE + 2)
		return denied(e, "it brings no key");
	len = (size_t)at[AAGUID_SIZE] << 8 | at[AAGUID_SIZE + 1];
	if (len == 0 || len > CREDENTIAL_ID_MOST || d->rest.len < AAGUID_SIZE + 2 + len)
		return denied(e, "its key has no number, or one that is too long");
	key.id = (struct str){d->rest.ptr + AAGUID_SIZE + 2, len};
	key.public = (struct str){key.id.ptr + len, d->rest.len - AAGUID_SIZE - 2 - len};
	c = cbor_of(key.public);
	if (!cbor_skip(&c))
		return denied(e, "its key cannot be read");
	key.public.len -= cbor_rest(&c).len;
	rc = cose_read(key.public, &public, e);
	if (rc)
		return rc;
	cose_free(&public);
	rc = rest_check(d, c, e);
	if (!rc)
		*ret_key = key;
	return rc;
}

/* {"fmt": text, "attStmt": map, "authData": bytes}, each once and nothing else. */
static bool
attestation_read(struct str bytes, struct str *ret_data)
{
	struct cbor c = cbor_of(bytes);
	struct cbor_item map, key, value;
	bool format = false, statement = false, data = false;

	if (!cbor_next(&c, &map) || map.kind != CBOR_MAP)
		return false;
	for (int64_t i = 0; i < map.number; i++) {
		struct cbor before;

		if (!cbor_next(&c, &key) || key.kind != CBOR_TEXT)
			return false;
		before = c;
		if (!cbor_next(&before, &value) || !cbor_skip(&c))
			return false;
		if (str_is(key.bytes, "fmt") && value.kind == CBOR_TEXT && !format) {
			format = true;
		} else if (str_is(key.bytes, "attStmt") && value.kind == CBOR_MAP && !statement) {
			statement = true;
		} else if (str_is(key.bytes, "authData") && value.kind == CBOR_BYTES && !data) {
			data = true;
			*ret_data = value.bytes;
		} else {
			return false;
		}
	}
	return format && statement && data && c.at == c.end;
}

enum err_code
webauthn_register(const struct webauthn_question *q, const struct webauthn_answer *a,
		  struct webauthn_key *ret_key, struct err *e)
{
	struct str bytes = {0};
	struct data d = {0};
	enum err_code rc = client_data_check(q, a->client_data, "webauthn.create", e);

	if (!rc && (a->authenticator.len > LIMIT_AUTHENTICATOR_BYTES ||
		    !attestation_read(a->authenticator, &bytes)))
		rc = denied(e, "its attestation cannot be read");
	if (!rc)
		rc = data_read(q, bytes, &d, e);
	return rc ? rc : key_read(&d, ret_key, e);
}

/* Signed is the data, and the hash of what the browser says. */
static enum err_code
signature_check(const struct webauthn_question *q, const struct webauthn_answer *a,
		const struct webauthn_key *key, struct err *e)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_AUTHENTICATOR_BYTES + HASH_SIZE};
	struct hash hash = hash_of(q->hasher, a->client_data.ptr, a->client_data.len);
	struct cose_key public;
	enum err_code rc = cose_read(key->public, &public, e);
	bool good;

	if (rc)
		return rc;
	buf_add(&text, a->authenticator.ptr, a->authenticator.len);
	buf_add(&text, (const char *)hash.bytes, HASH_SIZE);
	good = !text.failed &&
	       cose_verify(&public, (struct str){text.data, text.len}, a->signature);
	cose_free(&public);
	return good ? ERR_NONE : denied(e, "its signature is another's");
}

enum err_code
webauthn_assert(const struct webauthn_question *q, const struct webauthn_answer *a,
		const struct webauthn_key *key, int64_t *ret_count, struct err *e)
{
	struct data d = {0};
	enum err_code rc = client_data_check(q, a->client_data, "webauthn.get", e);

	if (!rc)
		rc = data_read(q, a->authenticator, &d, e);
	if (!rc && d.flags & HAS_KEY)
		rc = denied(e, "it brings a key where none was asked for");
	if (!rc)
		rc = rest_check(&d, cbor_of(d.rest), e);
	if (!rc)
		rc = signature_check(q, a, key, e);
	if (!rc && (d.count != 0 || key->count != 0) && d.count <= key->count)
		rc = denied(e, "it has counted back: there are two of it");
	if (!rc)
		*ret_count = d.count;
	return rc;
}
