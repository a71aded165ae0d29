/* passwd.c -- the lines of passwd(5), group(5) and shadow(5). */
#include "base/limits.h"
#include "collect/accounts_priv.h"

#include <stdlib.h>
#include <string.h>

enum { PASSWD_FIELDS = 7, GROUP_FIELDS = 4, SHADOW_FIELDS = 9, SHORTEST_HASH = 13 };

/* Shells that end at once: whoever gets one has not logged in. */
static const char *const ending_shells[] = {"nologin", "false", "true", "sync", "halt", "shutdown"};

struct group {
	struct str name;
	uint32_t gid;
	struct group *next;
};

/* False when the line has not exactly `count` fields. */
static bool
split(struct str line, struct str *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!line.ptr)
			return false;
		fields[i] = str_cut(&line, ':');
	}
	return !line.ptr;
}

static bool
parse_id(struct str text, uint32_t *ret_id)
{
	int64_t value;

	if (!str_int(text, &value) || value < 0 || value > UINT32_MAX)
		return false;
	*ret_id = (uint32_t)value;
	return true;
}

static bool
shell_stays(struct str shell)
{
	struct str name = shell;

	while (name.ptr) {
		struct str piece = str_cut(&name, '/');

		if (!name.ptr)
			shell = piece;
	}
	for (size_t i = 0; i < COUNT_OF(ending_shells); i++) {
		if (str_is(shell, ending_shells[i]))
			return false;
	}
	return true;
}

/* crypt(5) gives no hash shorter than 13 bytes, so that whatever is shorter can match no password.
 */
static enum password
classify(struct str field)
{
	bool locked = false;

	if (field.len == 0)
		return PASSWORD_EMPTY;
	while (text_skip(&field, "!"))
		locked = true;
	if (field.len < SHORTEST_HASH || field.ptr[0] == '*')
		return PASSWORD_NONE;
	return locked ? PASSWORD_LOCKED : PASSWORD_SET;
}

/* Of two lines with one login the system finds the first. */
static int
by_login(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	int order = str_cmp((*x)->login, (*y)->login);

	if (order != 0)
		return order;
	return (*x)->order < (*y)->order ? -1 : (*x)->order > (*y)->order;
}

/* Returns how many lines repeat a login. */
static size_t
index_accounts(struct accounts *accounts, struct arena *a)
{
	size_t count = 0;

	accounts->by_login = arena_alloc(a, (accounts->count + 1) * sizeof(struct account *));
	for (struct account *p = accounts->first; p; p = p->next)
		accounts->by_login[count++] = p;
	qsort(accounts->by_login, count, sizeof(struct account *), by_login);
	for (size_t i = 0; i < count; i++) {
		struct account *p = accounts->by_login[i];

		if (accounts->known > 0 &&
		    str_eq(accounts->by_login[accounts->known - 1]->login, p->login))
			p->repeated = true;
		else
			accounts->by_login[accounts->known++] = p;
	}
	return count - accounts->known;
}

struct account *
accounts_find(const struct accounts *accounts, struct str login)
{
	size_t from = 0, to = accounts->known;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(accounts->by_login[middle]->login, login);

		if (order == 0)
			return accounts->by_login[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

static bool
parse_account(struct str line, struct arena *a, struct account *ret_account)
{
	struct account account = {
		.changed_day = -1, .max_days = -1, .inactive_days = -1, .expiry_day = -1};
	struct str fields[PASSWD_FIELDS];

	if (!split(line, fields, PASSWD_FIELDS) || !text_is_clean(fields[0], LIMIT_KEY_BYTES) ||
	    !parse_id(fields[2], &account.uid) || !parse_id(fields[3], &account.gid))
		return false;
	account.login = str_dup(a, fields[0]);
	if (!str_is(fields[1], "x"))
		account.password = classify(fields[1]);
	account.home = str_z(a, fields[5]);
	account.has_shell = shell_stays(fields[6]);
	*ret_account = account;
	return true;
}

size_t
accounts_read_passwd(struct lines *l, struct arena *a, struct accounts *ret_accounts)
{
	struct accounts accounts = {0};
	size_t bad = 0;
	struct str line;

	while (!arena_over(a) && lines_next(l, &line)) {
		struct account account;
		struct account *kept;

		if (line.len == 0 || strchr("#+-", line.ptr[0]))
			continue;
		if (!parse_account(line, a, &account)) {
			bad++;
			continue;
		}
		account.order = accounts.count++;
		kept = arena_alloc(a, sizeof(*kept));
		*kept = account;
		if (accounts.last)
			accounts.last->next = kept;
		else
			accounts.first = kept;
		accounts.last = kept;
	}
	bad += index_accounts(&accounts, a);
	*ret_accounts = accounts;
	return bad;
}

static void
join_group(struct account *account, struct str group, struct arena *a)
{
	struct word *word = arena_alloc(a, sizeof(*word));

	*word = (struct word){.text = group, .next = account->groups};
	account->groups = word;
	account->group_count++;
}

static int
by_gid(const void *a, const void *b)
{
	const struct group *const *x = a, *const *y = b;

	return (*x)->gid < (*y)->gid ? -1 : (*x)->gid > (*y)->gid;
}

/* A member list names only those whose main group is another. */
static void
join_main_groups(struct accounts *accounts, struct group *first, size_t count, struct arena *a)
{
	struct group **groups = arena_alloc(a, (count + 1) * sizeof(struct group *));
	struct group key = {0};
	const struct group *sought = &key;
	size_t i = 0;

	for (struct group *g = first; g; g = g->next)
		groups[i++] = g;
	qsort(groups, count, sizeof(struct group *), by_gid);
	for (struct account *p = accounts->first; p; p = p->next) {
		struct group **found;

		key.gid = p->gid;
		found = bsearch(&sought, groups, count, sizeof(struct group *), by_gid);
		if (found)
			join_group(p, (*found)->name, a);
	}
}

size_t
accounts_read_group(struct lines *l, struct arena *a, struct accounts *accounts)
{
	struct group *first = NULL;
	size_t count = 0, bad = 0;
	struct str line;

	while (!arena_over(a) && lines_next(l, &line)) {
		struct str fields[GROUP_FIELDS];
		struct group *group;
		uint32_t gid;

		if (line.len == 0 || strchr("#+-", line.ptr[0]))
			continue;
		if (!split(line, fields, GROUP_FIELDS) || fields[0].len == 0 ||
		    !parse_id(fields[2], &gid)) {
			bad++;
			continue;
		}
		group = arena_alloc(a, sizeof(*group));
		*group = (struct group){.name = str_dup(a, fields[0]), .gid = gid, .next = first};
		first = group;
		count++;
		while (fields[3].len > 0) {
			struct account *member = accounts_find(accounts, str_cut(&fields[3], ','));

			if (member)
				join_group(member, group->name, a);
		}
	}
	join_main_groups(accounts, first, count, a);
	return bad;
}

/* An empty field, or one that is no number, is a day that nobody set. */
static int64_t
parse_days(struct str text)
{
	int64_t days;

	return str_int(text, &days) && days >= 0 && days <= INT32_MAX ? days : -1;
}

size_t
accounts_read_shadow(struct lines *l, struct accounts *accounts)
{
	size_t bad = 0;
	struct str line;

	while (lines_next(l, &line)) {
		struct str fields[SHADOW_FIELDS];
		struct account *account;

		if (line.len == 0 || strchr("#+-", line.ptr[0]))
			continue;
		if (!split(line, fields, SHADOW_FIELDS)) {
			bad++;
			continue;
		}
		account = accounts_find(accounts, fields[0]);
		if (!account)
			continue;
		if (account->password == PASSWORD_UNSEEN)
			account->password = classify(fields[1]);
		account->changed_day = parse_days(fields[2]);
		account->max_days = parse_days(fields[4]);
		account->inactive_days = parse_days(fields[6]);
		account->expiry_day = parse_days(fields[7]);
	}
	for (struct account *p = accounts->first; p; p = p->next) {
		if (p->password == PASSWORD_UNSEEN)
			p->password = PASSWORD_NONE;
	}
	return bad;
}
