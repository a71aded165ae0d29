#include "oidc/flow.h"

#include "base/hash.h"
#include "base/limits.h"
#include "codec/json.h"
#include "oidc/jose.h"
#include "sys/random.h"

#include <sodium.h>
#include <string.h>

enum {
	WORD_BYTES = 32,
	PLAIN_LIMIT = 4096,
	SEALED_LIMIT = 8192,
	OVERHEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
	MS_A_SECOND = 1000,
};

static struct str
word(struct arena *a)
{
	CLEANUP(buf_fini) struct buf text = {.limit = FLOW_WORD_SIZE + 4};
	uint8_t bytes[WORD_BYTES];

	random_bytes(bytes, sizeof(bytes));
	base64url_encode(&text, bytes, sizeof(bytes));
	return str_dup(a, (struct str){text.data, text.len});
}

void
flow_words(struct flow *f, struct arena *a)
{
	f->state = word(a);
	f->nonce = word(a);
	f->verifier = word(a);
}

struct str
flow_seal(const struct flow *f, const uint8_t key[FLOW_KEY_SIZE], struct arena *a)
{
	CLEANUP(buf_fini) struct buf plain = {.limit = PLAIN_LIMIT};
	CLEANUP(buf_fini) struct buf text = {.limit = SEALED_LIMIT};
	struct json_writer w;
	uint8_t *sealed;

	jw_begin(&w, &plain, false);
	jw_object(&w);
	jw_key_int(&w, "begun_at", f->begun_at);
	jw_key_bool(&w, "fresh", f->fresh);
	jw_key_text(&w, "nonce", f->nonce);
	jw_key_text(&w, "provider", f->provider);
	jw_key_text(&w, "return_to", f->return_to);
	jw_key_int(&w, "session", f->session);
	jw_key_text(&w, "state", f->state);
	jw_key_text(&w, "verifier", f->verifier);
	jw_end_object(&w);
	sealed = arena_alloc(a, OVERHEAD + plain.len + 1);
	random_bytes(sealed, crypto_secretbox_NONCEBYTES);
	(void)crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (uint8_t *)plain.data,
				    plain.len, sealed, key);
	base64url_encode(&text, sealed, OVERHEAD + plain.len);
	return str_dup(a, (struct str){text.data, text.len});
}

static struct str
member(const json_t *json, const char *name, struct arena *a)
{
	return str_dup(a, json_str(json_object_get(json, name)));
}

static enum err_code
none(struct err *e)
{
	return err_set(
		e, ERR_DENIED, "",
		"this sign-in was not begun in this browser, or too long ago; begin it anew");
}

enum err_code
flow_open(struct str text, const struct flow_lock *lock, struct arena *a, struct flow *ret_flow,
	  struct err *e)
{
	struct str sealed;
	json_t *json = NULL;
	char *plain;

	if (text.len > SEALED_LIMIT || !base64url_read(text, a, &sealed) || sealed.len < OVERHEAD)
		return none(e);
	plain = arena_alloc(a, sealed.len);
	if (crypto_secretbox_open_easy((uint8_t *)plain,
				       (const uint8_t *)sealed.ptr + crypto_secretbox_NONCEBYTES,
				       sealed.len - crypto_secretbox_NONCEBYTES,
				       (const uint8_t *)sealed.ptr, lock->key) != 0 ||
	    json_read((struct str){plain, sealed.len - OVERHEAD}, &json, e))
		return none(e);
	*ret_flow = (struct flow){
		.begun_at = json_integer_value(json_object_get(json, "begun_at")),
		.session = json_integer_value(json_object_get(json, "session")),
		.fresh = json_is_true(json_object_get(json, "fresh")),
		.nonce = member(json, "nonce", a),
		.provider = member(json, "provider", a),
		.return_to = member(json, "return_to", a),
		.state = member(json, "state", a),
		.verifier = member(json, "verifier", a),
	};
	json_decref(json);
	if (lock->now - ret_flow->begun_at >= (int64_t)LIMIT_OIDC_FLOW_SECONDS * MS_A_SECOND)
		return none(e);
	return ERR_NONE;
}

/* Browsers take a backslash for a slash, and two slashes for the address of another site; a dot
 * could make two of one. */
bool
flow_is_path(struct str path)
{
	static const char others[] = "-_~!$&()*+,:;=@%/?.";
	bool good = path.len > 0 && path.len <= LIMIT_RETURN_TO_BYTES && path.ptr[0] == '/';

	for (size_t i = 1; good && i < path.len; i++) {
		char c = path.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		       (c != '\0' && strchr(others, c));
		good = good && !(c == '/' && path.ptr[i - 1] == '/') &&
		       !(c == '.' && path.ptr[i - 1] == '/');
	}
	return good;
}
