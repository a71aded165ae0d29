#include "identity/key.h"

#include "base/limits.h"
#include "base/text.h"
#include "identity/identity_priv.h"
#include "identity/sign_in.h"
#include "store/find.h"
#include "sys/random.h"

#include <sodium.h>
#include <string.h>

enum {
	CHALLENGE_SIZE = 32,
	HANDLE_SIZE = 16,
	ID_TEXT_LIMIT = 2048,
};

#define FOR_NEW "new"
#define FOR_PROOF "proof"

static struct str
base64url(struct arena *a, struct str bytes)
{
	CLEANUP(buf_fini) struct buf text = {.limit = ID_TEXT_LIMIT};

	base64url_encode(&text, bytes.ptr, bytes.len);
	return str_dup(a, (struct str){text.data, text.len});
}

static void
challenge_make(struct arena *a, char out[CHALLENGE_TEXT_SIZE])
{
	char bytes[CHALLENGE_SIZE];

	random_bytes(bytes, sizeof(bytes));
	memcpy(out, base64url(a, (struct str){bytes, sizeof(bytes)}).ptr, CHALLENGE_TEXT_SIZE);
}

/* Under the process's key, so that it tells nobody the login's number. */
static void
handle_make(const struct visit *v, int64_t login, char out[USER_HANDLE_SIZE])
{
	char bytes[HANDLE_SIZE];

	(void)crypto_generichash((uint8_t *)bytes, sizeof(bytes), (const uint8_t *)&login,
				 sizeof(login), v->identity->seal, sizeof(v->identity->seal));
	memcpy(out, base64url(v->ctx->arena, (struct str){bytes, sizeof(bytes)}).ptr,
	       USER_HANDLE_SIZE);
}

enum err_code
key_list(const struct visit *v, const struct who *who, struct key **ret_list, size_t *ret_count)
{
	struct ctx *ctx = v->ctx;
	struct key *list = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(ctx->db,
				      "select id, name, made_at, coalesce(used_at, 0) from "
				      "login_key where login = :login order by made_at, id",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, who->login);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		list = arena_room(ctx->arena, list, count, &cap, sizeof(*list));
		list[count++] = (struct key){.id = str_dup(ctx->arena, db_text(s, 0)),
					     .name = str_dup(ctx->arena, db_text(s, 1)),
					     .made_at = db_int(s, 2),
					     .used_at = db_int(s, 3)};
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_count = count;
	return ERR_NONE;
}

/* A question of a session, or its answer. */
struct asking {
	const struct visit *v;
	const struct who *who;
	const char *purpose;
	const char *challenge;
	const struct key_new *n;
	const struct recovery *recovery;
	struct str token; /* kept of it */
	int64_t now;
	bool first;
};

static enum err_code
challenge_drop(const struct from *f, int64_t session, const char *purpose)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db,
				      "delete from login_challenge where session = :session and "
				      "purpose = :purpose",
				      &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, session);
	db_bind_text(s, 2, str_of(purpose));
	return db_run(s, f->e);
}

static enum err_code
challenges_forget(const struct from *f, int64_t now)
{
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(f->db, "delete from login_challenge where expires_at <= :now", &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, now);
	return db_run(s, f->e);
}

static enum err_code
ask_write(void *object, struct writer *w)
{
	const struct asking *a = object;
	struct from f = from_writer(a->v, w);
	struct session_row session;
	DB_STMT *s = NULL;
	enum err_code rc;

	if (strcmp(a->purpose, FOR_NEW) == 0)
		rc = factor_session(a->v, a->who, w, &session);
	else
		rc = session_of(&f, a->who->session, a->now, &session);
	if (!rc)
		rc = challenges_forget(&f, a->now);
	if (!rc)
		rc = challenge_drop(&f, a->who->session, a->purpose);
	if (!rc)
		rc = db_prepare(f.db,
				"insert into login_challenge (session, purpose, challenge, "
				"expires_at) values (:session, :purpose, :challenge, :expires_at)",
				&s, f.e);
	if (rc)
		return rc;
	db_bind_int(s, 1, a->who->session);
	db_bind_text(s, 2, str_of(a->purpose));
	db_bind_text(s, 3, str_of(a->challenge));
	db_bind_int(s, 4, a->now + (int64_t)LIMIT_CHALLENGE_SECONDS * MS_A_SECOND);
	return db_run(s, f.e);
}

static enum err_code
ask(const struct visit *v, const struct who *who, const char *purpose, struct key_question *ret)
{
	struct key_question q = {0};
	struct asking a = {
		.v = v, .who = who, .purpose = purpose, .now = clock_now(&v->ctx->clock)};
	struct str *ids;
	struct key *list;
	enum err_code rc = key_list(v, who, &list, &q.key_count);

	if (rc)
		return rc;
	if (q.key_count == 0 && strcmp(purpose, FOR_PROOF) == 0)
		return err_set(&v->ctx->err, ERR_MISSING, "key", "you have no security key");
	ids = arena_alloc(v->ctx->arena, (q.key_count + 1) * sizeof(*ids));
	for (size_t i = 0; i < q.key_count; i++)
		ids[i] = list[i].id;
	q.keys = ids;
	challenge_make(v->ctx->arena, q.challenge);
	handle_make(v, who->login, q.user);
	a.challenge = q.challenge;
	rc = visit_write(v, who->actor, ask_write, &a);
	if (!rc)
		*ret = q;
	return rc;
}

enum err_code
identity_key_offer(const struct visit *v, const struct who *who, struct key_question *ret_question)
{
	enum err_code rc = factor_may_change(v, who);

	return rc ? rc : ask(v, who, FOR_NEW, ret_question);
}

enum err_code
identity_key_ask(const struct visit *v, const struct who *who, struct key_question *ret_question)
{
	if (!who->session)
		return err_set(&v->ctx->err, ERR_DENIED, "session",
			       "this is done by whoever is signed in, not with a token");
	return ask(v, who, FOR_PROOF, ret_question);
}

/* The question that the session was asked; {NULL, 0} when there is none, or none any more. */
static enum err_code
challenge_find(const struct from *f, int64_t session, const char *purpose, struct str *ret_text)
{
	const struct db_find find = {
		"select challenge from login_challenge where session = :session and purpose = "
		":purpose and expires_at > :now",
		{db_of_int(session), db_of_text(str_of(purpose)),
		  db_of_int(clock_now(&f->ctx->clock))}
	      };

	return db_find_text(f->db, &find, f->arena, ret_text, f->e);
}

static enum err_code
not_asked(struct err *e)
{
	return err_set(e, ERR_DENIED, "challenge",
		       "no security key was asked, or it took too long; begin anew");
}

static enum err_code
taken_check(const struct from *f, struct str id)
{
	const struct db_find find = {"select id from login_key where id = :id", {db_of_text(id)}};
	bool taken = false;
	enum err_code rc = db_find_any(f->db, &find, &taken, f->e);

	if (!rc && taken)
		rc = err_set(f->e, ERR_CONFLICT, "key", "this security key is registered already");
	return rc;
}

static enum err_code
row_add(const struct asking *a, const struct from *f, struct str id, const struct webauthn_key *key)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db,
				      "insert into login_key (id, login, public, count, name, "
				      "made_at) values (:id, :login, :public, :count, :name, "
				      ":made_at)",
				      &s, f->e);

	if (rc)
		return rc;
	db_bind_text(s, 1, id);
	db_bind_int(s, 2, a->who->login);
	db_bind_blob(s, 3, key->public.ptr, key->public.len);
	db_bind_int(s, 4, key->count);
	db_bind_text(s, 5, a->n->name);
	db_bind_int(s, 6, a->now);
	return db_run(s, f->e);
}

/* What the answer brings, if it holds; nothing is written. */
static enum err_code
answer_read(const struct asking *a, const struct from *f, struct webauthn_key *ret_key)
{
	struct webauthn_question q = {.site = a->n->site, .hasher = f->hasher};
	enum err_code rc = challenge_find(f, a->who->session, FOR_NEW, &q.challenge);

	if (!rc && !q.challenge.ptr)
		rc = not_asked(f->e);
	return rc ? rc : webauthn_register(&q, &a->n->answer, ret_key, f->e);
}

static enum err_code
add_write(void *object, struct writer *w)
{
	struct asking *a = object;
	struct from f = from_writer(a->v, w);
	struct session_row session;
	struct webauthn_key key = {0};
	struct str id = {0};
	enum err_code rc = factor_session(a->v, a->who, w, &session);

	if (!rc)
		rc = answer_read(a, &f, &key);
	if (!rc) {
		id = base64url(f.arena, key.id);
		rc = taken_check(&f, id);
	}
	if (rc)
		return rc;
	a->first = !session.login.second_factor;
	session.factor_at = session.proven_at = session.seen_at = a->now;
	rc = challenge_drop(&f, session.id, FOR_NEW);
	if (!rc)
		rc = row_add(a, &f, id, &key);
	if (!rc && a->first)
		rc = recovery_write(w, a->who->login, a->recovery);
	if (!rc)
		rc = session_turn(w, &session, a->token);
	if (!rc)
		rc = happened(w, "second_factor_enrolled",
			      &(struct happening){.address = a->v->address,
						  .login = a->who->name,
						  .session = session.id,
						  .how = "webauthn"});
	return rc;
}

static enum err_code
new_check(const struct visit *v, const struct who *who, const struct key_new *n)
{
	struct key *list;
	size_t count;
	enum err_code rc = factor_may_change(v, who);

	if (!rc && (n->name.len == 0 || n->name.len > LIMIT_KEY_NAME_BYTES ||
		    text_utf8_fault(n->name) >= 0))
		rc = err_set(&v->ctx->err, ERR_INVALID, "name",
			     "a security key has a name of 1 to %d bytes", LIMIT_KEY_NAME_BYTES);
	if (!rc)
		rc = key_list(v, who, &list, &count);
	if (!rc && count >= LIMIT_KEYS)
		rc = err_set(&v->ctx->err, ERR_CONFLICT, "key",
			     "you have %d security keys already; remove one first", LIMIT_KEYS);
	return rc;
}

enum err_code
identity_key_add(const struct visit *v, const struct who *who, const struct key_new *n,
		 struct enrolled *ret_enrolled, bool *ret_recovery)
{
	struct asking a = {.v = v, .who = who, .n = n, .now = clock_now(&v->ctx->clock)};
	char kept[HASH_HEX_LEN + 1];
	struct enrolled in;
	enum err_code rc = new_check(v, who, n);

	if (rc)
		return rc;
	recovery_make(&in.recovery);
	secret_text(SESSION_LETTERS, in.token);
	secret_kept(v->ctx->hasher, str_of(in.token), kept);
	a.recovery = &in.recovery;
	a.token = str_of(kept);
	rc = visit_write(v, who->actor, add_write, &a);
	if (!rc) {
		*ret_recovery = a.first;
		if (!a.first)
			in.recovery = (struct recovery){0};
		*ret_enrolled = in;
	}
	sodium_memzero(&in, sizeof(in));
	return rc;
}

static enum err_code
key_find(const struct from *f, int64_t login, struct str id, struct webauthn_key *ret_key)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(
		f->db, "select public, count from login_key where id = :id and login = :login", &s,
		f->e);

	*ret_key = (struct webauthn_key){0};
	if (rc)
		return rc;
	db_bind_text(s, 1, id);
	db_bind_int(s, 2, login);
	rc = db_step(s, &row, f->e);
	if (!rc && row)
		*ret_key = (struct webauthn_key){.id = id,
						 .public = str_dup(f->arena, db_text(s, 0)),
						 .count = db_int(s, 1)};
	return rc;
}

static enum err_code
use_note(const struct from *f, struct str id, int64_t count)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		f->db, "update login_key set count = :count, used_at = :now where id = :id", &s,
		f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, count);
	db_bind_int(s, 2, clock_now(&f->ctx->clock));
	db_bind_text(s, 3, id);
	return db_run(s, f->e);
}

static bool
is_base64url(struct str text)
{
	bool good = text.len > 0 && text.len < ID_TEXT_LIMIT;

	for (size_t i = 0; good && i < text.len; i++) {
		char c = text.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		       c == '-' || c == '_';
	}
	return good;
}

enum err_code
key_use(const struct visit *v, struct writer *w, const struct session_row *session,
	const struct key_answer *a, const char **ret_how)
{
	struct from f = from_writer(v, w);
	struct webauthn_question q = {.site = a->site, .hasher = f.hasher};
	struct webauthn_key key = {0};
	struct err fault;
	int64_t count = 0;
	enum err_code rc = challenge_find(&f, session->id, FOR_PROOF, &q.challenge);

	*ret_how = NULL;
	if (!rc && !q.challenge.ptr)
		rc = not_asked(f.e);
	if (!rc && is_base64url(a->key))
		rc = key_find(&f, session->login.id, a->key, &key);
	if (!rc)
		rc = challenge_drop(&f, session->id, FOR_PROOF);
	if (rc || !key.public.ptr || webauthn_assert(&q, &a->answer, &key, &count, &fault))
		return rc;
	*ret_how = "webauthn";
	return use_note(&f, a->key, count);
}

struct removing {
	const struct visit *v;
	const struct who *who;
	struct str id;
};

static enum err_code
remove_write(void *object, struct writer *w)
{
	const struct removing *r = object;
	struct from f = from_writer(r->v, w);
	struct session_row session;
	struct webauthn_key key;
	struct login login = {0};
	DB_STMT *s = NULL;
	bool found = false;
	enum err_code rc = factor_session(r->v, r->who, w, &session);

	if (!rc)
		rc = key_find(&f, r->who->login, r->id, &key);
	if (!rc && !key.public.ptr)
		rc = err_set(f.e, ERR_MISSING, "key", "you have no such security key");
	if (!rc)
		rc = db_prepare(f.db, "delete from login_key where id = :id", &s, f.e);
	if (rc)
		return rc;
	db_bind_text(s, 1, r->id);
	rc = db_run(s, f.e);
	if (!rc)
		rc = login_of_id(&f, r->who->login, &login, &found);
	if (!rc && !login.second_factor)
		rc = factor_remove(w, r->who->login);
	if (!rc)
		rc = happened(w, "second_factor_removed",
			      &(struct happening){.address = r->v->address,
						  .login = r->who->name,
						  .session = session.id,
						  .how = "webauthn"});
	return rc;
}

enum err_code
identity_key_remove(const struct visit *v, const struct who *who, struct str id)
{
	struct removing r = {.v = v, .who = who, .id = id};

	if (!is_base64url(id))
		return err_set(&v->ctx->err, ERR_MISSING, "key", "you have no such security key");
	if (!identity_is_proven(v, who))
		return err_set(&v->ctx->err, ERR_DENIED, "proof",
			       "give your second factor once more first");
	return visit_write(v, who->actor, remove_write, &r);
}
