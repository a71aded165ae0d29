/* identity_priv.h -- what the files of this folder share. */
#ifndef IDENTITY_IDENTITY_PRIV_H
#define IDENTITY_IDENTITY_PRIV_H

#include "identity/identity.h"
#include "identity/known.h"
#include "identity/login.h"
#include "ledger/ledger.h"
#include "sys/gate.h"

enum { SEAL_KEY_SIZE = 32, MS_A_SECOND = 1000 };

struct identity {
	struct group *group;
	struct gate *gate; /* of passwords */
	struct known *known;
	uint8_t seal[SEAL_KEY_SIZE];
	bool has_seal;
};

/* Where something is read: the request's own connection, or that of whoever writes. Memory is the
 * request's in either case. */
struct from {
	struct db *db;
	struct err *e;
	struct arena *arena;
	struct hasher *hasher;
	const struct ctx
		*ctx; /* of the request; it has no connection while another writes for it */
};

struct from from_visit(const struct visit *v);
struct from from_writer(const struct visit *v, struct writer *w);

/* One transaction, by `actor`. `write` may be called again, and must look before it writes: what it
 * refuses may leave nothing behind. */
MUST_CHECK enum err_code visit_write(const struct visit *v, struct str actor,
				     enum err_code (*write)(void *object, struct writer *w),
				     void *object);
/* The same of what hinders nobody when it is lost, as that something was used: where others write
 * for the visit it is left to them, and not waited for. `write` gets a copy of the object of so
 * many bytes, which points to nothing of the visit's. */
MUST_CHECK enum err_code visit_leave(const struct visit *v,
				     enum err_code (*write)(void *object, struct writer *w),
				     void *object, size_t size);
/* A password's hash, and whether a password fits one (password.h). They take long, and hold no
 * connection meanwhile. */
MUST_CHECK enum err_code visit_hash(const struct visit *v, struct str password, struct buf *out);
MUST_CHECK enum err_code visit_try(const struct visit *v, struct str password, struct str kept,
				   bool *ret_fits);
/* Of a request that has not said who it is. */
#define ACTOR_ANYONE "anyone"

/* What an event says; what is empty is left out. */
struct happening {
	struct str address;
	const char *how;
	struct str issuer;
	struct str login;
	int64_t person;
	int64_t session;
	struct str subject;
	int64_t token;
	int64_t seconds;
	int64_t left; /* plus one: 0 leaves it out */
	int64_t organisation;
	struct str was; /* its name until then */
};
MUST_CHECK enum err_code happened(struct writer *w, const char *kind, const struct happening *h);

/* A fresh secret with its four letters before it, and what the store keeps of one. */
void secret_text(const char letters[5], char out[SECRET_TEXT_SIZE]);
void secret_kept(struct hasher *h, struct str text, char out[HASH_HEX_LEN + 1]);
bool secret_is(struct str text, const char letters[5]);
#define SESSION_LETTERS "hfs_"
#define TOKEN_LETTERS "hft_"
#define CALENDAR_LETTERS "hfc_"
#define LINK_LETTERS "hfl_"
/* A number for a session or a token, which nobody can guess from others. */
int64_t secret_number(void);

/* who.c: of a login at an instant. *ret_out: the person has left, or is not there any more. */
MUST_CHECK enum err_code who_load(const struct from *f, const struct login *login, int64_t now,
				  struct who *ret_who, bool *ret_out);

/* For a directory (who.h): in the plan's role for that, in the rows of the login's organisation, or
 * in all when it has none. ERR_DENIED when the plan has no such role. */
MUST_CHECK enum err_code who_provide(const struct from *f, const struct login *login,
				     struct who *who);

/* What was looked up when the ledger had so many leaves, for identity_known. */
void known_note(const struct visit *v, struct str kept, const struct who *who, int64_t size);
static inline int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* failure.c: how often it went wrong. `login` 0 stands for a name that is none, which is `name`;
 * with neither, only the address counts. */
struct failing {
	const struct visit *v;
	int64_t login;
	struct str name;
	int64_t now;
};
/* *ret_until: when the next try may be made; 0 when it may be now. */
MUST_CHECK enum err_code failing_until(const struct failing *f, const struct from *from,
				       int64_t *ret_until);
/* Counts one, with its event; `login_name` is empty for a name that is none. */
MUST_CHECK enum err_code failing_add(const struct failing *f, struct writer *w,
				     struct str login_name, const char *how);
/* It went well: the login's are forgotten, the address's are not. */
MUST_CHECK enum err_code failing_clear(const struct failing *f, struct writer *w);
enum err_code failing_refuse(const struct failing *f, int64_t until, struct err *e);

/* login.c and login_row.c: whether a login can have that name at all; *ret_found false when there
 * is none. */
bool login_name_fits(struct str name);
MUST_CHECK enum err_code login_name_check(struct str name, struct err *e);
/* Within a transaction: a new one; and one that was there is enabled, and an administrator's. */
MUST_CHECK enum err_code login_make(const struct visit *v, struct writer *w,
				    const struct login_new *n);
MUST_CHECK enum err_code login_open(struct writer *w, const struct login *login);
MUST_CHECK enum err_code login_row(const struct from *f, struct str name, struct login *ret_login,
				   bool *ret_found);
/* ERR_MISSING, with the nearest, when there is none. */
MUST_CHECK enum err_code login_named(const struct from *f, struct str name,
				     struct login *ret_login);
MUST_CHECK enum err_code login_of_id(const struct from *f, int64_t id, struct login *ret_login,
				     bool *ret_found);
/* What is kept of its password, {NULL, 0} when it has none. */
MUST_CHECK enum err_code login_kept(const struct from *f, int64_t id, struct str *ret_kept);
MUST_CHECK enum err_code login_keep(struct writer *w, int64_t id, struct str kept);
struct str login_actor(struct arena *a, struct str name);

/* What login_read reads. */
#define LOGIN_COLUMNS                                                                              \
	"l.id, l.name, l.person, l.organisation, l.external_id, "                                  \
	"case when l.password is null then 0 else 1 end, l.enabled, "                              \
	"coalesce(l.administrator, 0), "                                                           \
	"case when t.secret is null and not exists (select 1 from login_key k where k.login = "    \
	"l.id) then 0 else 1 end, l.made_at, coalesce(l.renamed, 0) "
#define LOGIN_FROM "from login l left join login_totp t on t.login = l.id "
enum { LOGIN_COLUMN_COUNT = 11 };
struct login login_read(const struct db_stmt *row, struct arena *a);

/* Within a transaction, each with its event: a new row; another name, whose old one stays its own;
 * another person or organisation; another number in its directory; enabled, or disabled and signed
 * out; an administrator's, or not. The login says who it is from then on. */
MUST_CHECK enum err_code login_row_add(struct writer *w, const struct login *login,
				       int64_t *ret_id);
MUST_CHECK enum err_code login_rename(struct writer *w, const struct login *login, struct str name);
MUST_CHECK enum err_code login_move(struct writer *w, const struct login *login);
MUST_CHECK enum err_code login_number(struct writer *w, const struct login *login,
				      struct str external_id);
MUST_CHECK enum err_code login_switch(struct writer *w, const struct login *login, bool enabled);
MUST_CHECK enum err_code login_set_administrator(struct writer *w, const struct login *login,
						 bool on);
/* directory.c: capitals A to Z made small. */
struct str login_fold(struct arena *a, struct str text);
/* token.c: whose the token of that number is, as of that instant. ERR_DENIED for one that is none,
 * or none any more. */
MUST_CHECK enum err_code token_who(const struct from *f, int64_t id, int64_t now,
				   struct who *ret_who);

/* session.c: ends every session of the login, each with its event. */
MUST_CHECK enum err_code sessions_end(struct writer *w, const struct login *login,
				      int64_t *ret_ended);
MUST_CHECK enum err_code sessions_end_others(struct writer *w, const struct login *login,
					     int64_t but, int64_t *ret_ended);
struct session_row {
	struct login login;
	int64_t id;
	int64_t made_at, seen_at, proven_at;
	int64_t factor_at; /* 0: not given */
};
/* ERR_DENIED when there is none that is good still. `kept` is of its token. */
MUST_CHECK enum err_code session_find(const struct from *f, struct str kept, int64_t now,
				      struct session_row *ret_session);
MUST_CHECK enum err_code session_of(const struct from *f, int64_t id, int64_t now,
				    struct session_row *ret_session);
/* Whose it is, as of that instant. ERR_DENIED when whoever that is has left. */
MUST_CHECK enum err_code session_who(const struct from *f, const struct session_row *s, int64_t now,
				     struct who *ret_who);
MUST_CHECK enum err_code session_add(const struct visit *v, struct writer *w,
				     const struct session_row *s, struct str kept);
/* The same session with another token. */
MUST_CHECK enum err_code session_turn(struct writer *w, const struct session_row *s,
				      struct str kept);
/* Ends the one that another takes the place of; none is fine. */
MUST_CHECK enum err_code session_drop(const struct visit *v, struct writer *w, struct str kept);
/* Ends those whose time is over, and of one login the oldest beyond its number. */
MUST_CHECK enum err_code sessions_tidy(struct writer *w, const struct login *login, int64_t now);

/* sign_in.c: the session of one who has proven who he is, or half of it, with its event. */
struct beginning {
	const struct visit *v;
	const struct session_row *session;
	struct str kept;   /* of its token */
	struct str old;	   /* kept of the one whose place it takes, or {NULL, 0} */
	const char *how;   /* he proved it */
	struct str issuer; /* of the provider that says so, or {NULL, 0} */
	bool due;	   /* a second factor is */
};
MUST_CHECK enum err_code session_open(struct writer *w, const struct beginning *b);

/* factor.c: tries a code of the authenticator, or a recovery code, and uses it up. */
struct factor_try {
	const char *how; /* NULL: it does not fit */
	int64_t left;	 /* of a recovery code: how many remain, plus one; else 0 */
};
MUST_CHECK enum err_code factor_use(const struct visit *v, struct writer *w,
				    const struct login *login, struct str code,
				    struct factor_try *ret_try);
/* Only a person at a screen, who has just given what there was to give, changes factors. The
 * session is looked at anew in the transaction: it may have ended, and a factor may have come,
 * since. */
MUST_CHECK enum err_code factor_may_change(const struct visit *v, const struct who *who);
MUST_CHECK enum err_code factor_session(const struct visit *v, const struct who *who,
					struct writer *w, struct session_row *ret_session);
/* recovery.c. `sql` is a literal with :login alone. */
MUST_CHECK enum err_code for_login(struct writer *w, const char *sql, int64_t login);
/* ERR_FAILED when it is none of the codes, or was used. */
MUST_CHECK enum err_code recovery_use(struct writer *w, const struct login *login, struct str code);
MUST_CHECK enum err_code recovery_left(struct ctx *ctx, int64_t login, int64_t *ret_left);
struct recovery;
void recovery_make(struct recovery *r);
MUST_CHECK enum err_code recovery_write(struct writer *w, int64_t login, const struct recovery *r);
/* key.c: tries the answer of a security key to the session's question, which is over then. *ret_how
 * NULL: it does not hold. */
struct key_answer;
MUST_CHECK enum err_code key_use(const struct visit *v, struct writer *w,
				 const struct session_row *session, const struct key_answer *a,
				 const char **ret_how);
/* Takes the second factor and the recovery codes away. */
MUST_CHECK enum err_code factor_remove(struct writer *w, int64_t login);

#endif
