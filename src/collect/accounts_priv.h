/* accounts_priv.h -- passwd(5), group(5), shadow(5), sudoers(5), lastlog and wtmp, put together by
 * login name.
 *
 * What the record says:
 *   kind     privileged: uid 0, member of sudo, wheel or admin, or named in sudoers, whatever
 * commands it allows; service: uid below UID_MIN of login.defs, or 61184 to 65534, which systemd
 * and the kernel keep; user: every other. enabled  no when the account has expired or its shell
 * ends at once (nologin, false, ...), as nobody can then log in; yes when its password can be used
 * (or is empty), or the password is locked but the home folder holds SSH keys, which work all the
 * same; no when neither password nor keys are there; else unknown. password_changed_at   only
 * where there is a password, locked ones included.
 */
#ifndef COLLECT_ACCOUNTS_PRIV_H
#define COLLECT_ACCOUNTS_PRIV_H

#include "collect/collection_priv.h"

enum password {
	PASSWORD_UNSEEN,
	PASSWORD_NONE,	 /* nothing that could be typed matches */
	PASSWORD_EMPTY,	 /* none is asked for */
	PASSWORD_LOCKED, /* a hash that was put out of use */
	PASSWORD_SET,
};

struct account {
	struct account *next;
	size_t order; /* of its line */
	struct str login;
	const char *home;
	uint32_t uid;
	uint32_t gid;
	bool has_shell; /* one that stays */
	bool repeated;	/* an earlier line has the same login */
	bool in_sudoers;
	enum password password;
	int64_t changed_day; /* days since 1970; -1 not known, as for the next three */
	int64_t max_days;
	int64_t inactive_days;
	int64_t expiry_day;
	int64_t last_used_ms; /* 0: not known */
	struct word *groups;
	size_t group_count;
};

struct accounts {
	struct account *first; /* in the order of the file */
	struct account *last;
	struct account **by_login;
	size_t count;
	size_t known; /* of by_login: without the repeated */
};

/* Each returns how many lines made no sense. */
size_t accounts_read_passwd(struct lines *l, struct arena *a, struct accounts *ret_accounts);
size_t accounts_read_group(struct lines *l, struct arena *a, struct accounts *accounts);
size_t accounts_read_shadow(struct lines *l, struct accounts *accounts);

struct account *accounts_find(const struct accounts *accounts, struct str login);

bool account_in_group(const struct account *account, struct str group);
enum tri account_enabled(struct collection *c, const struct account *account);

/* Writes the records; `uid_min` is the first uid of people. */
void accounts_write(struct collection *c, const struct accounts *accounts, int64_t uid_min);

/* sudoers.c: who may use sudo. */
struct sudo_words {
	struct word *first;
	struct word *last;
};
struct sudo_rights {
	struct sudo_words users; /* as written; sudoers_resolve adds the members of aliases */
	struct sudo_alias *aliases;
	struct sudo_words includes; /* paths to read too; a folder's ends in a slash */
	bool asks_other_password;   /* Defaults targetpw, rootpw or runaspw */
};
size_t sudoers_parse(struct lines *l, const char *folder, struct arena *a,
		     struct sudo_rights *rights);
void sudoers_resolve(struct sudo_rights *rights, struct arena *a);
bool sudoers_allow(const struct sudo_rights *rights, const struct account *account);
void sudoers_read(struct collection *c, struct accounts *accounts);

/* logins.c: sets last_used_ms. */
void logins_read(struct collection *c, struct accounts *accounts);

#endif
