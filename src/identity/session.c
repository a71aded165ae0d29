#include "identity/session.h"

#include "base/limits.h"
#include "base/text.h"
#include "identity/identity_priv.h"
#include "store/find.h"

#include <string.h>

enum { SEEN_EVERY_SECONDS = 60, EXPIRED_MAX = 100 };

static int64_t
ms(int64_t seconds)
{
	return seconds * MS_A_SECOND;
}

static bool
is_over(int64_t made_at, int64_t seen_at, int64_t now)
{
	return now - made_at >= ms(LIMIT_SESSION_SECONDS) ||
	       now - seen_at >= ms(LIMIT_SESSION_IDLE_SECONDS);
}

static enum err_code
nobody(struct err *e)
{
	return err_set(e, ERR_DENIED, "session", "you are not signed in, or not any more");
}

#define SESSION_COLUMNS                                                                            \
	"select login, id, made_at, seen_at, proven_at, coalesce(factor_at, 0) from "              \
	"login_session "

static enum err_code
row_read(const struct from *f, struct db_stmt *s, struct session_row *ret_row, bool *ret_found)
{
	struct session_row r = {0};
	int64_t login;
	bool row;
	enum err_code rc = db_step(s, &row, f->e);

	*ret_found = false;
	if (rc || !row)
		return rc;
	login = db_int(s, 0);
	r.id = db_int(s, 1);
	r.made_at = db_int(s, 2);
	r.seen_at = db_int(s, 3);
	r.proven_at = db_int(s, 4);
	r.factor_at = db_int(s, 5);
	db_reset(s);
	rc = login_of_id(f, login, &r.login, ret_found);
	if (!rc)
		*ret_row = r;
	return rc;
}

static enum err_code
good_row(const struct from *f, struct db_stmt *s, int64_t now, struct session_row *ret_session)
{
	struct session_row r;
	bool found = false;
	enum err_code rc = row_read(f, s, &r, &found);

	if (rc)
		return rc;
	if (!found || !r.login.enabled || is_over(r.made_at, r.seen_at, now))
		return nobody(f->e);
	*ret_session = r;
	return ERR_NONE;
}

enum err_code
session_find(const struct from *f, struct str kept, int64_t now, struct session_row *ret_session)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db, SESSION_COLUMNS "where hash = :hash", &s, f->e);

	if (rc)
		return rc;
	db_bind_text(s, 1, kept);
	return good_row(f, s, now, ret_session);
}

enum err_code
session_of(const struct from *f, int64_t id, int64_t now, struct session_row *ret_session)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db, SESSION_COLUMNS "where id = :id", &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	return good_row(f, s, now, ret_session);
}

/* Use of a session. */
struct seen {
	int64_t session;
	int64_t now;
};

static enum err_code
seen_write(void *object, struct writer *w)
{
	const struct seen *seen = object;
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "update login_session set seen_at = :now where id = :id "
				      "and seen_at < :now",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, db_param(s, "now"), seen->now);
	db_bind_int(s, db_param(s, "id"), seen->session);
	return db_run(s, &ctx->err);
}

/* Gives when it is to be noted again. That it could not be noted hinders nobody. */
static int64_t
seen_note(const struct visit *v, const struct session_row *r, int64_t now)
{
	struct seen seen = {r->id, now};

	if (now - r->seen_at < ms(SEEN_EVERY_SECONDS))
		return r->seen_at + ms(SEEN_EVERY_SECONDS);
	if (!visit_leave(v, seen_write, &seen, sizeof(seen)))
		return now + ms(SEEN_EVERY_SECONDS);
	v->ctx->err = (struct err){0};
	return now;
}

enum err_code
session_who(const struct from *f, const struct session_row *r, int64_t now, struct who *ret_who)
{
	struct who who;
	bool out = false;
	enum err_code rc = who_load(f, &r->login, now, &who, &out);

	if (rc)
		return rc;
	who.second_factor = r->factor_at != 0;
	who.second_factor_due = who.second_factor_due && !who.second_factor;
	who.enrolment_due = who.enrolment_due && who.second_factor_due;
	if (out || (who.second_factor_due && now - r->made_at >= ms(LIMIT_SECOND_FACTOR_SECONDS)))
		return nobody(f->e);
	who.session = r->id;
	who.proven_at = r->proven_at;
	who.writes = true;
	who.all_registers = true;
	*ret_who = who;
	return ERR_NONE;
}

enum err_code
identity_session(const struct visit *v, struct str token, struct who *ret_who)
{
	struct from f = from_visit(v);
	int64_t now = clock_now(&v->ctx->clock);
	char kept[HASH_HEX_LEN + 1];
	struct session_row r;
	struct who who;
	int64_t size = 0;
	enum err_code rc;

	if (!secret_is(token, SESSION_LETTERS))
		return nobody(f.e);
	secret_kept(v->ctx->hasher, token, kept);
	rc = ledger_length(v->ctx->ledger, &size, f.e);
	if (!rc)
		rc = session_find(&f, str_of(kept), now, &r);
	if (!rc)
		rc = session_who(&f, &r, now, &who);
	if (rc)
		return rc;
	who.until = earlier(who.until, seen_note(v, &r, now));
	who.until = earlier(who.until, r.made_at + ms(LIMIT_SESSION_SECONDS));
	if (who.second_factor_due)
		who.until = earlier(who.until, r.made_at + ms(LIMIT_SECOND_FACTOR_SECONDS));
	known_note(v, str_of(kept), &who, size);
	*ret_who = who;
	return ERR_NONE;
}

static void
row_bind(struct db_stmt *s, const struct visit *v, const struct session_row *r, struct str kept)
{
	struct str agent = text_utf8_fault(v->agent) < 0 ? v->agent : str_of("");

	if (agent.len > LIMIT_AGENT_BYTES)
		agent.len = LIMIT_AGENT_BYTES;
	/* Not within a character. */
	while (agent.len > 0 && agent.len < v->agent.len &&
	       ((unsigned char)v->agent.ptr[agent.len] & 0xc0) == 0x80)
		agent.len--;
	db_bind_text(s, 1, kept);
	db_bind_int(s, 2, r->id);
	db_bind_int(s, 3, r->login.id);
	db_bind_int(s, 4, r->made_at);
	db_bind_int(s, 5, r->seen_at);
	db_bind_int(s, 6, r->proven_at);
	if (r->factor_at)
		db_bind_int(s, 7, r->factor_at);
	else
		db_bind_null(s, 7);
	db_bind_text(s, 8, v->address.ptr ? v->address : str_of(""));
	db_bind_text(s, 9, agent.ptr ? agent : str_of(""));
}

enum err_code
session_add(const struct visit *v, struct writer *w, const struct session_row *r, struct str kept)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into login_session (hash, id, login, made_at, seen_at, proven_at, "
		"factor_at, address, agent) values (:hash, :id, :login, :made_at, :seen_at, "
		":proven_at, :factor_at, :address, :agent)",
		&s, &ctx->err);

	if (rc)
		return rc;
	row_bind(s, v, r, kept);
	return db_run(s, &ctx->err);
}

enum err_code
session_turn(struct writer *w, const struct session_row *r, struct str kept)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "update login_session set hash = :hash, seen_at = :seen_at, "
				      "proven_at = :proven_at, factor_at = :factor_at where id = "
				      ":id",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, kept);
	db_bind_int(s, 2, r->seen_at);
	db_bind_int(s, 3, r->proven_at);
	if (r->factor_at)
		db_bind_int(s, 4, r->factor_at);
	else
		db_bind_null(s, 4);
	db_bind_int(s, 5, r->id);
	return db_run(s, &ctx->err);
}

/* A session that ends, and how. */
struct ending {
	int64_t id;
	struct str login;
	const char *kind;
};

static enum err_code
end_one(const struct visit *v, struct writer *w, const struct ending *end)
{
	struct happening h = {.login = end->login, .session = end->id};
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(ctx->db, "delete from login_session where id = :id", &s, &ctx->err);

	if (v)
		h.address = v->address;
	if (rc)
		return rc;
	db_bind_int(s, 1, end->id);
	rc = db_run(s, &ctx->err);
	return rc ? rc : happened(w, end->kind, &h);
}

enum err_code
session_drop(const struct visit *v, struct writer *w, struct str kept)
{
	struct ctx *ctx = writer_ctx(w);
	struct ending end = {.kind = "session_ended"};
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(ctx->db,
				      "select s.id, l.name from login_session s join login l on "
				      "l.id = s.login where s.hash = :hash",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, kept);
	rc = db_step(s, &row, &ctx->err);
	if (rc || !row)
		return rc;
	end.id = db_int(s, 0);
	end.login = str_dup(v->ctx->arena, db_text(s, 1));
	db_reset(s);
	return end_one(v, w, &end);
}

/* The numbers of those that a statement finds. */
static enum err_code
ids_read(struct db_stmt *s, struct err *e, int64_t ids[EXPIRED_MAX], size_t *ret_count)
{
	enum err_code rc = ERR_NONE;
	bool row = false;

	*ret_count = 0;
	while (*ret_count < EXPIRED_MAX && !(rc = db_step(s, &row, e)) && row)
		ids[(*ret_count)++] = db_int(s, 0);
	db_reset(s);
	return rc;
}

static enum err_code
end_listed(struct writer *w, struct db_stmt *s, const struct ending *how, int64_t *ended)
{
	struct ctx *ctx = writer_ctx(w);
	int64_t ids[EXPIRED_MAX];
	size_t count;
	enum err_code rc = ids_read(s, &ctx->err, ids, &count);

	for (size_t i = 0; !rc && i < count; i++) {
		struct ending end = *how;

		end.id = ids[i];
		rc = end_one(NULL, w, &end);
	}
	*ended += (int64_t)count;
	return rc;
}

/* Those of a login, but one. */
enum err_code
sessions_end_others(struct writer *w, const struct login *login, int64_t but, int64_t *ret_ended)
{
	const struct ending how = {.login = login->name, .kind = "session_ended"};
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select id from login_session where login = :login and id <> "
				      ":but order by id",
				      &s, &ctx->err);

	*ret_ended = 0;
	if (rc)
		return rc;
	db_bind_int(s, 1, login->id);
	db_bind_int(s, 2, but);
	return end_listed(w, s, &how, ret_ended);
}

enum err_code
sessions_end(struct writer *w, const struct login *login, int64_t *ret_ended)
{
	return sessions_end_others(w, login, 0, ret_ended);
}

enum err_code
sessions_tidy(struct writer *w, const struct login *login, int64_t now)
{
	const struct ending expired = {.kind = "session_expired"};
	const struct ending pushed = {.login = login->name, .kind = "session_ended"};
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *over = NULL;
	DB_STMT *most = NULL;
	int64_t ended = 0;
	enum err_code rc = db_prepare(ctx->db,
				      "select id from login_session where made_at <= :made or "
				      "seen_at <= :seen order by id",
				      &over, &ctx->err);

	if (!rc)
		rc = db_prepare(ctx->db,
				"select id from login_session where login = :login order by "
				"made_at desc, id limit 100 offset :keep",
				&most, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(over, 1, now - ms(LIMIT_SESSION_SECONDS));
	db_bind_int(over, 2, now - ms(LIMIT_SESSION_IDLE_SECONDS));
	rc = end_listed(w, over, &expired, &ended);
	if (rc)
		return rc;
	db_bind_int(most, 1, login->id);
	db_bind_int(most, 2, LIMIT_SESSIONS - 1);
	return end_listed(w, most, &pushed, &ended);
}

enum err_code
session_list(const struct visit *v, const struct who *who, struct session **ret_list,
	     size_t *ret_count)
{
	struct ctx *ctx = v->ctx;
	int64_t now = clock_now(&ctx->clock);
	struct session *list = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select id, made_at, seen_at, coalesce(factor_at, 0), "
				      "address, agent from login_session where login = :login "
				      "order by seen_at desc, id",
				      &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	db_bind_int(s, 1, who->login);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		if (is_over(db_int(s, 1), db_int(s, 2), now))
			continue;
		list = arena_room(ctx->arena, list, count, &cap, sizeof(*list));
		list[count++] = (struct session){.id = db_int(s, 0),
						 .made_at = db_int(s, 1),
						 .seen_at = db_int(s, 2),
						 .second_factor = db_int(s, 3) != 0,
						 .own = db_int(s, 0) == who->session,
						 .address = str_dup(ctx->arena, db_text(s, 4)),
						 .agent = str_dup(ctx->arena, db_text(s, 5))};
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_count = count;
	return ERR_NONE;
}

/* What a login ends of its own. */
struct leave {
	const struct visit *v;
	const struct who *who;
	int64_t session; /* the one; or, of all, the one that stays */
	int64_t ended;
};

static enum err_code
leave_one(void *object, struct writer *w)
{
	struct leave *l = object;
	struct ctx *ctx = writer_ctx(w);
	const struct db_find f = {
		"select id from login_session where id = :id and login = :login",
		{db_of_int(l->session), db_of_int(l->who->login)}
	 };
	bool found = false;
	enum err_code rc = db_find_any(ctx->db, &f, &found, &ctx->err);

	if (rc)
		return rc;
	if (!found)
		return err_set(&ctx->err, ERR_MISSING, "session", "you have no such session");
	return end_one(
		l->v, w,
		&(struct ending){.id = l->session, .login = l->who->name, .kind = "session_ended"});
}

enum err_code
identity_end(const struct visit *v, const struct who *who, int64_t session)
{
	struct leave l = {.v = v, .who = who, .session = session ? session : who->session};

	return visit_write(v, who->actor, leave_one, &l);
}

static enum err_code
leave_all(void *object, struct writer *w)
{
	struct leave *l = object;
	const struct login login = {.id = l->who->login, .name = l->who->name};

	return sessions_end_others(w, &login, l->session, &l->ended);
}

enum err_code
identity_end_all(const struct visit *v, const struct who *who, bool others, int64_t *ret_ended)
{
	struct leave l = {.v = v, .who = who, .session = others ? who->session : 0};
	enum err_code rc = visit_write(v, who->actor, leave_all, &l);

	if (!rc)
		*ret_ended = l.ended;
	return rc;
}
