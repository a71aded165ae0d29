#include "identity/token.h"

#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"
#include "identity/identity_priv.h"
#include "identity/sign_in.h"
#include "store/find.h"

#include <stdio.h>
#include <string.h>

enum { USED_EVERY_SECONDS = 600, ACTOR_SIZE = 160, ADDRESS_SIZE = 64 };

static const int64_t ms_a_day = (int64_t)86400 * MS_A_SECOND;

static enum err_code
nobody(struct err *e)
{
	return err_set(e, ERR_DENIED, "token",
		       "this token is none, has expired or was revoked; make another");
}

struct making {
	const struct visit *v;
	const struct who *who;
	struct login login; /* whose it is to be */
	const struct token_new *n;
	struct token_made *made;
	struct str kept;
	struct str registers;
	int64_t now;
};

static enum err_code
scope_check(const struct visit *v, const struct token_new *n)
{
	struct err *e = &v->ctx->err;

	if (n->name.len == 0 || n->name.len > LIMIT_TOKEN_NAME_BYTES ||
	    text_utf8_fault(n->name) >= 0)
		return err_set(e, ERR_INVALID, "name",
			       "a token has a name of 1 to %d bytes, such as what uses it",
			       LIMIT_TOKEN_NAME_BYTES);
	if (n->days < 1 || n->days > LIMIT_TOKEN_DAYS)
		return err_set(e, ERR_INVALID, "days", "a token is good for 1 to %d days",
			       LIMIT_TOKEN_DAYS);
	if (n->calendar && (n->writes || !n->all_registers || n->scim))
		return err_set(e, ERR_INVALID, n->writes ? "writes" : "registers",
			       "a calendar's address only reads, and what is due in all registers");
	if (!n->all_registers && n->registers.count == 0)
		return err_set(e, ERR_INVALID, "registers",
			       "a token that is held to registers names at least one");
	for (size_t i = 0; !n->all_registers && i < n->registers.count; i++) {
		if (!model_reg(v->ctx->model, str_of(n->registers.words[i])))
			return err_set(e, ERR_INVALID, "registers", "there is no register '%.80s'",
				       n->registers.words[i]);
	}
	return ERR_NONE;
}

static enum err_code
count_check(const struct making *m, struct ctx *ctx)
{
	const struct db_find f = {
		"select count(*) from login_token where login = :login and revoked_at is null and "
		"expires_at > :now",
		{db_of_int(m->login.id), db_of_int(m->now)}
	   };
	int64_t count = 0;
	enum err_code rc = db_find_int(ctx->db, &f, &count, NULL, &ctx->err);

	if (!rc && count >= LIMIT_TOKENS)
		rc = err_set(&ctx->err, ERR_CONFLICT, "",
			     "there are %d tokens already; revoke one that nothing uses",
			     LIMIT_TOKENS);
	return rc;
}

static enum err_code
row_add(const struct making *m, struct ctx *ctx)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into login_token (id, hash, login, name, writes, registers, factor, "
		"made_at, expires_at, scim, calendar) values (:id, :hash, :login, :name, :writes, "
		":registers, :factor, :made_at, :expires_at, :scim, :calendar)",
		&s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, m->made->id);
	db_bind_text(s, 2, m->kept);
	db_bind_int(s, 3, m->login.id);
	db_bind_text(s, 4, m->n->name);
	db_bind_int(s, 5, m->n->writes);
	db_bind_text(s, 6, m->registers);
	db_bind_int(s, 7, m->who && m->who->second_factor);
	db_bind_int(s, 8, m->now);
	db_bind_int(s, 9, m->made->expires_at);
	db_bind_int(s, 10, m->n->scim);
	db_bind_int(s, 11, m->n->calendar);
	return db_run(s, &ctx->err);
}

/* A directory is nobody's login, and none that looks after logins. */
static enum err_code
login_find_for(struct making *m, const struct from *f)
{
	bool found = false;
	enum err_code rc = m->n->login.ptr ? login_named(f, m->n->login, &m->login)
					   : login_of_id(f, m->who->login, &m->login, &found);

	if (rc || !m->n->scim)
		return rc;
	if (!m->n->login.ptr || m->login.person || m->login.administrator)
		return err_set(f->e, ERR_INVALID, "name",
			       "a token for SCIM is a program's: add a login for the directory, of "
			       "its organisation and without a person");
	if (!model_role_that_may(f->ctx->model, "provision"))
		return err_set(
			f->e, ERR_INVALID, "",
			"the plan has no role that may 'provision', so it takes no directory");
	return ERR_NONE;
}

static enum err_code
make_write(void *object, struct writer *w)
{
	struct making *m = object;
	struct from f = from_writer(m->v, w);
	struct happening h = {.address = m->v->address,
			      .how = m->n->writes ? "write" : "read",
			      .token = m->made->id};
	struct session_row session;
	enum err_code rc = m->who ? session_of(&f, m->who->session, m->now, &session) : ERR_NONE;

	if (!rc)
		rc = login_find_for(m, &f);
	if (!rc)
		rc = count_check(m, writer_ctx(w));
	if (!rc)
		rc = row_add(m, writer_ctx(w));
	h.login = m->login.name;
	if (m->n->scim)
		h.how = "scim";
	if (m->n->calendar)
		h.how = "calendar";
	if (!rc)
		rc = happened(w, "token_made", &h);
	return rc;
}

static struct str
registers_json(struct arena *a, const struct words *registers)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_FIELD_BYTES};
	struct json_writer w;

	jw_begin(&w, &out, false);
	jw_array(&w);
	for (size_t i = 0; i < registers->count; i++)
		jw_text(&w, str_of(registers->words[i]));
	jw_end_array(&w);
	if (out.failed)
		return (struct str){0};
	return str_dup(a, (struct str){out.data, out.len});
}

enum err_code
identity_token_make(const struct visit *v, const struct who *who, const struct token_new *n,
		    struct token_made *ret_made)
{
	int64_t now = clock_now(&v->ctx->clock);
	struct token_made made = {.id = secret_number(), .expires_at = now + n->days * ms_a_day};
	struct making m = {.v = v, .who = who, .n = n, .made = &made, .now = now};
	char kept[HASH_HEX_LEN + 1];
	enum err_code rc = scope_check(v, n);

	if (!rc && who && !identity_is_proven(v, who))
		rc = err_set(&v->ctx->err, ERR_DENIED, "proof",
			     "a token is made by whoever has just signed in; prove once more who "
			     "you are");
	if (rc)
		return rc;
	if (!n->all_registers) {
		m.registers = registers_json(v->ctx->arena, &n->registers);
		if (!m.registers.ptr)
			return err_set(&v->ctx->err, ERR_TOO_BIG, "registers",
				       "the list of registers is too long");
	}
	secret_text(n->calendar ? CALENDAR_LETTERS : TOKEN_LETTERS, made.text);
	secret_kept(v->ctx->hasher, str_of(made.text), kept);
	m.kept = str_of(kept);
	rc = visit_write(v, who ? who->actor : v->ctx->actor, make_write, &m);
	if (!rc)
		*ret_made = made;
	return rc;
}

/* As the store has it, beside what its owner may see of it. */
struct token_row {
	struct token token;
	int64_t login;
	int64_t refused_at;
	bool factor;
};

#define TOKEN_COLUMNS                                                                              \
	"select id, name, writes, registers, made_at, expires_at, coalesce(used_at, 0), "          \
	"coalesce(revoked_at, 0), login, coalesce(refused_at, 0), factor, coalesce(scim, 0), "     \
	"coalesce(calendar, 0) from login_token "

static struct token_row
row_read(const struct db_stmt *s, struct arena *a)
{
	struct token_row r = {
		.token = {.id = db_int(s, 0),
			  .name = str_dup(a, db_text(s, 1)),
			  .writes = db_int(s, 2) != 0,
			  .scim = db_int(s, 11) != 0,
			  .calendar = db_int(s, 12) != 0,
			  .made_at = db_int(s, 4),
			  .expires_at = db_int(s, 5),
			  .used_at = db_int(s, 6),
			  .revoked_at = db_int(s, 7)},
		.login = db_int(s, 8),
		.refused_at = db_int(s, 9),
		.factor = db_int(s, 10) != 0
	    };

	if (!db_is_null(s, 3))
		r.token.registers = str_dup(a, db_text(s, 3));
	return r;
}

/* Use of a token, or an attempt at it when it was over; it outlives the visit. */
struct use {
	int64_t token;
	int64_t now;
	int64_t last;	 /* when it was noted before */
	const char *how; /* NULL: it is good */
	char login[LIMIT_LOGIN_NAME_BYTES + 1];
	char address[ADDRESS_SIZE];
};

static enum err_code
use_write(void *object, struct writer *w)
{
	const struct use *u = object;
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db, "update login_token set used_at = :now where id = :id", &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, u->now);
	db_bind_int(s, 2, u->token);
	return db_run(s, &ctx->err);
}

/* Of many who came at once with the same one, the first is noted. */
static enum err_code
refusal_write(void *object, struct writer *w)
{
	const struct use *u = object;
	const struct happening h = {.address = str_of(u->address),
				    .how = u->how,
				    .login = str_of(u->login),
				    .token = u->token};
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	int64_t changed = 0;
	enum err_code rc = db_prepare(ctx->db,
				      "update login_token set refused_at = :now where id = :id and "
				      "coalesce(refused_at, 0) = :last",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, u->now);
	db_bind_int(s, 2, u->token);
	db_bind_int(s, 3, u->last);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = db_changes(ctx->db, &changed, &ctx->err);
	return rc || !changed ? rc : happened(w, "token_refused", &h);
}

/* That it could not be noted hinders nobody who comes with a good one. Gives when it is to be noted
 * again. */
static int64_t
use_note(const struct visit *v, struct use *u)
{
	const int64_t every = (int64_t)USED_EVERY_SECONDS * MS_A_SECOND;

	if (u->now < u->last + every)
		return u->last + every;
	if (!visit_leave(v, u->how ? refusal_write : use_write, u, sizeof(*u)))
		return u->now + every;
	v->ctx->err = (struct err){0};
	return u->now;
}

static enum err_code
registers_read(struct arena *a, struct str text, struct words *ret_words, struct err *e)
{
	json_t *json = NULL;
	const char **words;
	size_t count;
	enum err_code rc = json_read(text, &json, e);

	if (rc)
		return rc;
	count = json_array_size(json);
	words = arena_alloc(a, (count + 1) * sizeof(*words));
	for (size_t i = 0; i < count; i++) {
		const char *word = json_string_value(json_array_get(json, i));

		words[i] = str_z(a, str_of(word ? word : ""));
	}
	json_decref(json);
	*ret_words = (struct words){words, count};
	return ERR_NONE;
}

static enum err_code
who_fill(const struct from *f, const struct token_row *r, struct who *who)
{
	char *actor = arena_alloc(f->arena, ACTOR_SIZE);

	(void)snprintf(actor, ACTOR_SIZE, "%.*s/token:%lld", STR_ARG(who->actor),
		       (long long)r->token.id);
	who->actor = str_of(actor);
	who->token = r->token.id;
	who->second_factor = r->factor;
	who->second_factor_due = who->second_factor_due && !r->factor;
	who->enrolment_due = false;
	who->writes = r->token.writes;
	who->calendar = r->token.calendar;
	who->all_registers = !r->token.registers.ptr;
	return who->all_registers
		       ? ERR_NONE
		       : registers_read(f->arena, r->token.registers, &who->registers, f->e);
}

/* With its parameter bound. */
static enum err_code
row_take(const struct from *f, struct db_stmt *s, struct token_row *ret_row)
{
	bool row;
	enum err_code rc = db_step(s, &row, f->e);

	if (rc)
		return rc;
	if (!row)
		return nobody(f->e);
	*ret_row = row_read(s, f->arena);
	return ERR_NONE;
}

static enum err_code
row_find(const struct from *f, struct str kept, struct token_row *ret_row)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db, TOKEN_COLUMNS "where hash = :hash", &s, f->e);

	if (rc)
		return rc;
	db_bind_text(s, 1, kept);
	return row_take(f, s, ret_row);
}

/* *ret_how: why it is none any more; NULL when it is good. */
static enum err_code
row_who(const struct from *f, const struct token_row *row, int64_t now, struct who *who,
	const char **ret_how)
{
	struct login login;
	bool found = false, out = false;
	enum err_code rc = login_of_id(f, row->login, &login, &found);

	if (!rc && !found)
		rc = nobody(f->e);
	if (!rc)
		rc = row->token.scim ? who_provide(f, &login, who)
				     : who_load(f, &login, now, who, &out);
	if (!rc)
		rc = who_fill(f, row, who);
	*ret_how = NULL;
	if (rc)
		return rc;
	if (row->token.revoked_at)
		*ret_how = "revoked";
	else if (now >= row->token.expires_at)
		*ret_how = "expired";
	else if (!login.enabled || out)
		*ret_how = "disabled";
	else if (who->second_factor_due)
		*ret_how = "second_factor";
	return ERR_NONE;
}

enum err_code
token_who(const struct from *f, int64_t id, int64_t now, struct who *ret_who)
{
	struct token_row row;
	struct who who = {0};
	const char *how;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db, TOKEN_COLUMNS "where id = :id", &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = row_take(f, s, &row);
	db_reset(s);
	if (!rc)
		rc = row_who(f, &row, now, &who, &how);
	if (!rc && how)
		rc = nobody(f->e);
	if (!rc)
		*ret_who = who;
	return rc;
}

enum err_code
identity_token(const struct visit *v, struct str text, struct who *ret_who)
{
	struct from f = from_visit(v);
	struct token_row row;
	struct use use = {.now = clock_now(&v->ctx->clock)};
	struct who who = {0};
	char kept[HASH_HEX_LEN + 1];
	int64_t size = 0, next;
	enum err_code rc;

	if (!secret_is(text, TOKEN_LETTERS) && !secret_is(text, CALENDAR_LETTERS))
		return nobody(f.e);
	secret_kept(v->ctx->hasher, text, kept);
	rc = ledger_length(v->ctx->ledger, &size, f.e);
	if (!rc)
		rc = row_find(&f, str_of(kept), &row);
	if (!rc)
		rc = row_who(&f, &row, use.now, &who, &use.how);
	if (rc)
		return rc;
	use.token = row.token.id;
	(void)snprintf(use.login, sizeof(use.login), "%.*s", STR_ARG(who.name));
	(void)snprintf(use.address, sizeof(use.address), "%.*s", STR_ARG(v->address));
	use.last = use.how ? row.refused_at : row.token.used_at;
	next = use_note(v, &use);
	if (use.how)
		return nobody(f.e);
	who.until = earlier(who.until, earlier(row.token.expires_at, next));
	known_note(v, str_of(kept), &who, size);
	*ret_who = who;
	return ERR_NONE;
}

enum err_code
token_list(const struct visit *v, const struct who *who, struct token **ret_list, size_t *ret_count)
{
	struct ctx *ctx = v->ctx;
	struct token *list = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db, TOKEN_COLUMNS "where login = :login order by made_at desc, id limit 1000",
		&s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	db_bind_int(s, 1, who->login);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		list = arena_room(ctx->arena, list, count, &cap, sizeof(*list));
		list[count++] = row_read(s, ctx->arena).token;
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_count = count;
	return ERR_NONE;
}

struct revoking {
	const struct visit *v;
	const struct who *who;
	int64_t id;
	int64_t now;
};

static enum err_code
revoke_write(void *object, struct writer *w)
{
	const struct revoking *r = object;
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *find = NULL;
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(ctx->db, TOKEN_COLUMNS "where id = :id and login = :login",
				      &find, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(find, 1, r->id);
	db_bind_int(find, 2, r->who->login);
	rc = db_step(find, &row, &ctx->err);
	if (!rc && !row)
		rc = err_set(&ctx->err, ERR_MISSING, "token", "you have no such token");
	if (rc || db_int(find, 7) != 0)
		return rc;
	db_reset(find);
	rc = db_prepare(ctx->db, "update login_token set revoked_at = :now where id = :id", &s,
			&ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, r->now);
	db_bind_int(s, 2, r->id);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = happened(w, "token_revoked",
			      &(struct happening){.address = r->v->address,
						  .login = r->who->name,
						  .token = r->id});
	return rc;
}

enum err_code
identity_token_revoke(const struct visit *v, const struct who *who, int64_t id)
{
	struct revoking r = {.v = v, .who = who, .id = id, .now = clock_now(&v->ctx->clock)};

	return visit_write(v, who->actor, revoke_write, &r);
}
