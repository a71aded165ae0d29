/* logins.c -- when an account was last used, out of lastlog and wtmp in this machine's own layout.
 */
#include "collect/accounts_priv.h"

#include <fcntl.h>
#include <lastlog.h>
#include <string.h>
#include <unistd.h>
#include <utmp.h>

enum { RECORDS_AT_ONCE = 64 };

/* A time that is still to come was written by a wrong clock and must not hide the others. */
static void
used_at(struct account *account, int64_t ms, int64_t now_ms)
{
	if (ms > account->last_used_ms && ms <= now_ms + MS_PER_DAY)
		account->last_used_ms = ms;
}

/* The file has a place for each uid and holes in between, so it is not read from end to end. The
 * time is 32 bits wide on most machines; without its sign it lasts until 2106. */
static bool
read_lastlog(struct collection *c, struct accounts *accounts)
{
	int fd = open(collection_path(c, "/var/log/lastlog"), O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	for (struct account *p = accounts->first; p; p = p->next) {
		struct lastlog seen;

		if (pread(fd, &seen, sizeof(seen), (off_t)p->uid * (off_t)sizeof(seen)) ==
		    (ssize_t)sizeof(seen))
			used_at(p, (int64_t)(uint32_t)seen.ll_time * MS_PER_SECOND, c->now_ms);
	}
	(void)close(fd);
	return true;
}

static void
take_record(const struct accounts *accounts, const struct utmp *record, int64_t now_ms)
{
	struct account *account;

	if (record->ut_type != USER_PROCESS)
		return;
	account = accounts_find(
		accounts,
		(struct str){record->ut_user, strnlen(record->ut_user, sizeof(record->ut_user))});
	if (account)
		used_at(account, (int64_t)(uint32_t)record->ut_tv.tv_sec * MS_PER_SECOND, now_ms);
}

/* False when the file cannot be opened. Half a record at the end is left alone. */
static bool
read_wtmp(struct collection *c, struct accounts *accounts)
{
	CLEANUP(file_closep) struct file *file = NULL;
	struct utmp records[RECORDS_AT_ONCE];
	size_t held = 0, len = 0;
	struct err e;

	if (file_open(collection_path(c, "/var/log/wtmp"), &file, &e))
		return false;
	do {
		char *bytes = (char *)records;
		size_t whole;

		if (file_read(file, bytes + held, sizeof(records) - held, &len, &e)) {
			collection_gap(c, "last logins", "%s", e.message);
			return true;
		}
		held += len;
		whole = held / sizeof(*records);
		for (size_t i = 0; i < whole; i++)
			take_record(accounts, &records[i], c->now_ms);
		held -= whole * sizeof(*records);
		memmove(bytes, bytes + whole * sizeof(*records), held);
	} while (len > 0);
	return true;
}

void
logins_read(struct collection *c, struct accounts *accounts)
{
	bool has_lastlog = read_lastlog(c, accounts);
	bool has_wtmp = read_wtmp(c, accounts);

	if (!has_lastlog && !has_wtmp)
		collection_gap(c, "last logins",
			       "neither /var/log/lastlog nor /var/log/wtmp can be read");
}
