#include "identity/identity_priv.h"

#include "access/serve.h"
#include "base/limits.h"
#include "codec/json.h"
#include "identity/password.h"
#include "sys/random.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_LIMIT = 4096, SECRET_SIZE = 32, LETTERS = 4, NUMBER_BITS = 52 };

enum err_code
identity_new(const struct note_key *key, struct group *group, struct identity **ret_identity,
	     struct err *e)
{
	static const char purpose[] = "holdfast: secrets of second factors";
	struct identity *id = calloc(1, sizeof(*id));
	enum err_code rc;

	if (!id)
		return err_set(e, ERR_INTERNAL, "", "no memory to let anybody sign in");
	if (sodium_init() < 0) {
		free(id);
		return err_set(e, ERR_INTERNAL, "", "libsodium cannot start");
	}
	id->group = group;
	id->has_seal = key->has_secret;
	/* The half of the secret key that is no public key. */
	(void)crypto_generichash(id->seal, sizeof(id->seal), (const uint8_t *)purpose,
				 sizeof(purpose), key->secret_key, crypto_sign_SEEDBYTES);
	rc = gate_new(LIMIT_PASSWORDS_AT_ONCE, LIMIT_PASSWORDS_WAITING, &id->gate, e);
	if (!rc)
		rc = known_new(&id->known, e);
	if (rc) {
		identity_free(id);
		return rc;
	}
	*ret_identity = id;
	return ERR_NONE;
}

void
identity_free(struct identity *id)
{
	if (!id)
		return;
	gate_free(id->gate);
	known_free(id->known);
	sodium_memzero(id->seal, sizeof(id->seal));
	free(id);
}

void
identity_freep(struct identity **id)
{
	identity_free(*id);
}

bool
identity_known(const struct visit *v, struct str secret, struct who *ret_who, int64_t *ret_size)
{
	char kept[HASH_HEX_LEN + 1];

	if (secret.len != SECRET_TEXT_SIZE - 1)
		return false;
	secret_kept(v->ctx->hasher, secret, kept);
	return known_find(v->identity->known, v->ctx, str_of(kept), ret_who, ret_size);
}

void
known_note(const struct visit *v, struct str kept, const struct who *who, int64_t size)
{
	known_keep(v->identity->known, v->ctx, kept, who, size);
}

struct from
from_visit(const struct visit *v)
{
	return (struct from){.db = v->ctx->db,
			     .e = &v->ctx->err,
			     .arena = v->ctx->arena,
			     .hasher = v->ctx->hasher,
			     .ctx = v->ctx};
}

struct from
from_writer(const struct visit *v, struct writer *w)
{
	struct ctx *ctx = writer_ctx(w);

	return (struct from){.db = ctx->db,
			     .e = &ctx->err,
			     .arena = v->ctx->arena,
			     .hasher = ctx->hasher,
			     .ctx = v->ctx};
}

static enum err_code
write_alone(struct ctx *ctx, enum err_code (*write)(void *object, struct writer *w), void *object)
{
	WRITER *w = NULL;
	enum err_code rc = writer_begin(ctx, &w);

	if (!rc)
		rc = write(object, w);
	return rc ? rc : writer_commit(w);
}

enum err_code
visit_write(const struct visit *v, struct str actor,
	    enum err_code (*write)(void *object, struct writer *w), void *object)
{
	struct group_change change = {.actor = actor, .write = write, .object = object};
	struct ctx *ctx = v->ctx;
	struct str own = ctx->actor;
	enum err_code rc;

	if (v->identity->group) {
		ctx_away(ctx);
		return ctx_back(ctx, group_write(v->identity->group, &change, &ctx->err));
	}
	ctx->actor = actor;
	ctx->actor_id = 0;
	rc = write_alone(ctx, write, object);
	ctx->actor = own;
	ctx->actor_id = 0;
	return rc;
}

enum err_code
visit_leave(const struct visit *v, enum err_code (*write)(void *object, struct writer *w),
	    void *object, size_t size)
{
	const struct group_change change = {
		.actor = str_of(ACTOR_ANYONE), .write = write, .object = object};

	return v->identity->group ? group_leave(v->identity->group, &change, size, &v->ctx->err)
				  : visit_write(v, change.actor, write, object);
}

enum err_code
visit_hash(const struct visit *v, struct str password, struct buf *out)
{
	struct ctx *ctx = v->ctx;

	ctx_away(ctx);
	return ctx_back(ctx, password_hash(v->identity->gate, password, out, &ctx->err));
}

enum err_code
visit_try(const struct visit *v, struct str password, struct str kept, bool *ret_fits)
{
	struct ctx *ctx = v->ctx;

	ctx_away(ctx);
	return ctx_back(ctx, password_try(v->identity->gate, password, kept, ret_fits, &ctx->err));
}

static void
say_text(struct json_writer *w, const char *key, struct str text)
{
	if (text.len == 0)
		return;
	jw_key(w, key);
	jw_text(w, text);
}

static void
say_number(struct json_writer *w, const char *key, int64_t number)
{
	if (number == 0)
		return;
	jw_key(w, key);
	jw_int(w, number);
}

/* Keys in the order that canonical JSON has them. */
enum err_code
happened(struct writer *w, const char *kind, const struct happening *h)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = DETAIL_LIMIT};
	struct ctx *ctx = writer_ctx(w);
	char person[RECORD_NAME_SIZE] = "";
	char organisation[RECORD_NAME_SIZE] = "";
	struct json_writer j;

	if (h->person)
		record_name(ctx->model, h->person, person);
	if (h->organisation)
		record_name(ctx->model, h->organisation, organisation);
	jw_begin(&j, &detail, false);
	jw_object(&j);
	say_text(&j, "address", h->address);
	say_text(&j, "how", str_of(h->how ? h->how : ""));
	say_text(&j, "issuer", h->issuer);
	if (h->left) {
		jw_key(&j, "left");
		jw_int(&j, h->left - 1);
	}
	say_text(&j, "login", h->login);
	say_text(&j, "organisation", str_of(organisation));
	say_text(&j, "person", str_of(person));
	say_number(&j, "seconds", h->seconds);
	say_number(&j, "session", h->session);
	say_text(&j, "subject", h->subject);
	say_number(&j, "token", h->token);
	say_text(&j, "was", h->was);
	jw_end_object(&j);
	if (detail.failed)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for an event");
	return writer_event(w, kind, (struct str){detail.data, detail.len});
}

void
secret_text(const char letters[5], char out[SECRET_TEXT_SIZE])
{
	struct hash bytes;

	random_bytes(bytes.bytes, SECRET_SIZE);
	memcpy(out, letters, LETTERS);
	hash_hex(&bytes, out + LETTERS);
	sodium_memzero(&bytes, sizeof(bytes));
}

void
secret_kept(struct hasher *h, struct str text, char out[HASH_HEX_LEN + 1])
{
	struct hash hash = hash_of(h, text.ptr, text.len);

	hash_hex(&hash, out);
}

bool
secret_is(struct str text, const char letters[5])
{
	return text.len == SECRET_TEXT_SIZE - 1 && memcmp(text.ptr, letters, LETTERS) == 0;
}

int64_t
secret_number(void)
{
	uint64_t number;

	random_bytes(&number, sizeof(number));
	return (int64_t)(number >> (64 - NUMBER_BITS)) + 1;
}
