#include "collect/accounts_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_PERSON = 1000, FIRST_RESERVED = 61184, LAST_RESERVED = 65534 };

static const char *const privileged_groups[] = {"admin", "sudo", "wheel"};

static const char *const key_files[] = {".ssh/authorized_keys", ".ssh/authorized_keys2"};

bool
account_in_group(const struct account *account, struct str group)
{
	for (const struct word *w = account->groups; w; w = w->next) {
		if (str_eq(w->text, group))
			return true;
	}
	return false;
}

static bool
is_privileged(const struct account *account)
{
	for (size_t i = 0; i < COUNT_OF(privileged_groups); i++) {
		if (account_in_group(account, str_of(privileged_groups[i])))
			return true;
	}
	return account->uid == 0 || account->in_sudoers;
}

static const char *
account_kind(const struct account *account, int64_t uid_min)
{
	if (is_privileged(account))
		return "privileged";
	if (account->uid < uid_min ||
	    (account->uid >= FIRST_RESERVED && account->uid <= LAST_RESERVED))
		return "service";
	return "user";
}

/* The file is only looked at, never opened: its owner could have put a pipe there for us to hang
 * on. */
static enum tri
has_keys(struct collection *c, const struct account *account)
{
	enum tri found = NO;

	for (size_t i = 0; i < COUNT_OF(key_files) && account->home[0] == '/'; i++) {
		const char *path =
			arena_format(c->arena, "%s%s/%s", c->root, account->home, key_files[i]);
		struct stat st;

		if (stat(path, &st) != 0)
			found = errno == ENOENT || errno == ENOTDIR ? found : UNKNOWN;
		else if (st.st_size > 0)
			return YES;
	}
	return found;
}

/* As pam_unix(8) sees it: an expiry day of 0 has passed too, and a password too long overdue ends
 * the account. */
static bool
has_expired(const struct account *account, int64_t today)
{
	if (account->expiry_day >= 0 && account->expiry_day <= today)
		return true;
	return account->changed_day >= 0 && account->max_days >= 0 && account->inactive_days >= 0 &&
	       today - account->changed_day > account->max_days + account->inactive_days;
}

enum tri
account_enabled(struct collection *c, const struct account *account)
{
	if (!account->has_shell || has_expired(account, c->now_ms / MS_PER_DAY))
		return NO;
	switch (account->password) {
	case PASSWORD_EMPTY:
	case PASSWORD_SET:
		return YES;
	case PASSWORD_NONE:
	case PASSWORD_LOCKED:
		return has_keys(c, account);
	case PASSWORD_UNSEEN:
		break;
	}
	return UNKNOWN;
}

static int
by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

static void
write_permissions(struct collection *c, const struct account *account)
{
	struct str *words = arena_alloc(c->arena, (account->group_count + 1) * sizeof(*words));
	size_t count = 0, kept = 0;

	for (const struct word *w = account->groups; w; w = w->next)
		words[count++] = w->text;
	if (account->in_sudoers)
		words[count++] = str_of("sudo");
	qsort(words, count, sizeof(*words), by_text);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !str_eq(words[kept - 1], words[i]))
			words[kept++] = words[i];
	}
	if (kept > 0)
		record_words(c, "observed_permissions", words, kept);
}

static void
write_account(struct collection *c, const struct account *account, int64_t uid_min)
{
	const char *key = arena_format(c->arena, "%.*s@%s", STR_ARG(account->login), c->host);
	bool has_password =
		account->password == PASSWORD_SET || account->password == PASSWORD_LOCKED;

	if (!record_begin(c, IN_ACCOUNT, key))
		return;
	record_text(c, "login", account->login);
	record_text(c, "kind", str_of(account_kind(account, uid_min)));
	record_text(c, "system", str_of(c->host));
	write_permissions(c, account);
	record_flag(c, "enabled", account_enabled(c, account));
	record_instant(c, "last_used_at", account->last_used_ms);
	if (has_password && account->changed_day > 0)
		record_instant(c, "password_changed_at", account->changed_day * MS_PER_DAY);
	if (account->expiry_day > 0 && account->expiry_day <= c->now_ms / MS_PER_DAY)
		record_instant(c, "disabled_at", account->expiry_day * MS_PER_DAY);
	record_end(c);
}

void
accounts_write(struct collection *c, const struct accounts *accounts, int64_t uid_min)
{
	for (const struct account *p = accounts->first; p && !arena_over(c->arena); p = p->next) {
		if (!p->repeated)
			write_account(c, p, uid_min);
	}
}

static int64_t
read_uid_min(struct collection *c)
{
	CLEANUP(lines_fini) struct lines l = {0};
	int64_t value = FIRST_PERSON;
	struct str line;

	if (!collection_open(c, "/etc/login.defs", NULL, &l))
		return value;
	while (lines_next(&l, &line)) {
		if (str_is(text_word(&line), "UID_MIN"))
			(void)str_int(text_word(&line), &value);
	}
	return value;
}

/* Accounts may also come from a directory, which is not asked: it would be read again for each
 * host. */
static void
tell_other_sources(struct collection *c)
{
	CLEANUP(lines_fini) struct lines l = {0};
	struct str line, word;

	if (!collection_open(c, "/etc/nsswitch.conf", NULL, &l))
		return;
	while (lines_next(&l, &line)) {
		if (!text_skip(&line, "passwd:"))
			continue;
		while ((word = text_word(&line)).ptr && word.ptr[0] != '#') {
			if (!str_is(word, "files") && !str_is(word, "systemd") &&
			    word.ptr[0] != '[')
				collection_gap(c, "accounts of other sources",
					       "/etc/nsswitch.conf names '%.*s'; only /etc/passwd "
					       "is read",
					       STR_ARG(word));
		}
	}
}

static void
read_groups(struct collection *c, struct accounts *accounts)
{
	CLEANUP(lines_fini) struct lines l = {0};
	size_t bad;

	if (!collection_open(c, "/etc/group", "groups", &l))
		return;
	bad = accounts_read_group(&l, c->arena, accounts);
	collection_read(c, "/etc/group", "groups", &l, bad);
}

static void
read_shadow(struct collection *c, struct accounts *accounts)
{
	static const char what[] = "locked accounts, password ages and expiry dates";
	CLEANUP(lines_fini) struct lines l = {0};
	size_t bad;

	if (!collection_open(c, "/etc/shadow", what, &l))
		return;
	bad = accounts_read_shadow(&l, accounts);
	collection_read(c, "/etc/shadow", what, &l, bad);
}

void
accounts_probe(struct collection *c)
{
	CLEANUP(lines_fini) struct lines l = {0};
	struct accounts accounts;
	size_t bad;

	if (!collection_open(c, "/etc/passwd", "accounts", &l))
		return;
	bad = accounts_read_passwd(&l, c->arena, &accounts);
	collection_read(c, "/etc/passwd", "accounts", &l, bad);
	tell_other_sources(c);
	read_groups(c, &accounts);
	read_shadow(c, &accounts);
	sudoers_read(c, &accounts);
	logins_read(c, &accounts);
	accounts_write(c, &accounts, read_uid_min(c));
}
