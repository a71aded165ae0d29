#include "base/limits.h"
#include "identity/identity_priv.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Names that are none are counted in so many places, so that whoever makes up names fills no
 * table. */
enum { SUBJECT_SIZE = 80, UNKNOWN_NAMES = 65536, V6_NETWORK = 8, V4_AT = 12 };

static const uint8_t mapped[V4_AT] = {[10] = 0xff, [11] = 0xff};

/* A host has a whole network of IPv6 to come from; an IPv4 address written as IPv6 is that one. */
static void
address_subject(struct str address, char out[SUBJECT_SIZE])
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr six;

	if (address.len < sizeof(text))
		memcpy(text, address.ptr, address.len);
	if (inet_pton(AF_INET6, text, &six) == 1) {
		if (memcmp(six.s6_addr, mapped, V4_AT) == 0)
			(void)inet_ntop(AF_INET, six.s6_addr + V4_AT, text, sizeof(text));
		else {
			memset(six.s6_addr + V6_NETWORK, 0, sizeof(six.s6_addr) - V6_NETWORK);
			(void)inet_ntop(AF_INET6, &six, text, sizeof(text));
		}
	}
	(void)snprintf(out, SUBJECT_SIZE, "from %s", text);
}

/* Under a key, so that nobody can find two names that are counted in one place, and tell from one
 * whether the other is none. */
static void
login_subject(const struct failing *f, char out[SUBJECT_SIZE])
{
	uint8_t hash[crypto_generichash_BYTES];

	if (f->login) {
		(void)snprintf(out, SUBJECT_SIZE, "login %lld", (long long)f->login);
		return;
	}
	(void)crypto_generichash(hash, sizeof(hash), (const uint8_t *)f->name.ptr, f->name.len,
				 f->v->identity->seal, sizeof(f->v->identity->seal));
	(void)snprintf(out, SUBJECT_SIZE, "name %d", (hash[0] << 8 | hash[1]) % UNKNOWN_NAMES);
}

/* Who comes from a provider names none. */
static bool
names_login(const struct failing *f)
{
	return f->login || f->name.ptr;
}

struct count {
	int64_t failures;
	int64_t until;
};

static enum err_code
count_read(const struct from *from, const char *subject, int64_t now, struct count *ret_count)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(from->db,
				      "select count, last_at, until from login_failure where "
				      "subject = :subject",
				      &s, from->e);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(subject));
	rc = db_step(s, &row, from->e);
	*ret_count = (struct count){0};
	if (!rc && row && now - db_int(s, 1) < (int64_t)LIMIT_FAILURE_MEMORY_SECONDS * MS_A_SECOND)
		*ret_count = (struct count){db_int(s, 0), db_int(s, 2)};
	return rc;
}

enum err_code
failing_until(const struct failing *f, const struct from *from, int64_t *ret_until)
{
	char subject[SUBJECT_SIZE];
	struct count login = {0}, address = {0};
	enum err_code rc = ERR_NONE;

	if (names_login(f)) {
		login_subject(f, subject);
		rc = count_read(from, subject, f->now, &login);
	}
	if (!rc && f->v->address.len > 0) {
		address_subject(f->v->address, subject);
		rc = count_read(from, subject, f->now, &address);
	}
	if (rc)
		return rc;
	*ret_until = login.until > address.until ? login.until : address.until;
	if (*ret_until <= f->now)
		*ret_until = 0;
	return ERR_NONE;
}

enum err_code
failing_refuse(const struct failing *f, int64_t until, struct err *e)
{
	return err_set(e, ERR_TOO_OFTEN, "", "it failed too often; try again in %lld seconds",
		       (long long)((until - f->now + MS_A_SECOND - 1) / MS_A_SECOND));
}

static int64_t
wait_seconds(int64_t failures, int64_t allowed)
{
	int64_t seconds = LIMIT_FAILURE_WAIT_SECONDS;

	if (failures < allowed)
		return 0;
	for (int64_t i = allowed; i < failures && seconds < LIMIT_FAILURE_WAIT_SECONDS_MOST; i++)
		seconds *= 2;
	return seconds < LIMIT_FAILURE_WAIT_SECONDS_MOST ? seconds
							 : LIMIT_FAILURE_WAIT_SECONDS_MOST;
}

static enum err_code
count_write(struct writer *w, const char *subject, int64_t now, const struct count *c)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into login_failure (subject, count, last_at, until) values (:subject, "
		":count, :last_at, :until) on conflict (subject) do update set count = "
		"excluded.count, last_at = excluded.last_at, until = excluded.until",
		&s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(subject));
	db_bind_int(s, 2, c->failures);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, c->until);
	return db_run(s, &ctx->err);
}

/* One more; *ret_seconds to wait from now on. */
static enum err_code
count_add(const struct failing *f, struct writer *w, const char *subject, int64_t allowed,
	  int64_t *ret_seconds)
{
	struct from from = from_writer(f->v, w);
	struct count c;
	enum err_code rc = count_read(&from, subject, f->now, &c);

	if (rc)
		return rc;
	c.failures++;
	*ret_seconds = wait_seconds(c.failures, allowed);
	c.until = f->now + *ret_seconds * MS_A_SECOND;
	return count_write(w, subject, f->now, &c);
}

static enum err_code
forget_old(const struct failing *f, struct writer *w)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, "delete from login_failure where last_at <= :before",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, f->now - (int64_t)LIMIT_FAILURE_MEMORY_SECONDS * MS_A_SECOND);
	return db_run(s, &ctx->err);
}

enum err_code
failing_add(const struct failing *f, struct writer *w, struct str login_name, const char *how)
{
	struct happening h = {.address = f->v->address, .login = login_name, .how = how};
	char subject[SUBJECT_SIZE];
	int64_t login = 0, address = 0;
	enum err_code rc = forget_old(f, w);

	if (!rc && names_login(f)) {
		login_subject(f, subject);
		rc = count_add(f, w, subject, LIMIT_ACCOUNT_FAILURES, &login);
	}
	if (!rc && f->v->address.len > 0) {
		address_subject(f->v->address, subject);
		rc = count_add(f, w, subject, LIMIT_ADDRESS_FAILURES, &address);
	}
	if (!rc)
		rc = happened(w, "sign_in_failed", &h);
	h.how = login >= address ? "login" : "address";
	h.seconds = login >= address ? login : address;
	if (!rc && h.seconds > 0)
		rc = happened(w, "sign_in_blocked", &h);
	return rc;
}

enum err_code
failing_clear(const struct failing *f, struct writer *w)
{
	struct ctx *ctx = writer_ctx(w);
	char subject[SUBJECT_SIZE];
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, "delete from login_failure where subject = :subject",
				      &s, &ctx->err);

	if (rc)
		return rc;
	login_subject(f, subject);
	db_bind_text(s, 1, str_of(subject));
	return db_run(s, &ctx->err);
}
