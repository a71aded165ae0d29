#include "store/sqlite_priv.h"

#include <string.h>

static bool
function_allowed(const char *name)
{
	for (size_t i = 0; db_functions[i]; i++) {
		if (sqlite3_stricmp(name, db_functions[i]) == 0)
			return true;
	}
	return false;
}

/* The engine's own tables, and those that it makes up while they are read. */
static bool
table_is_engines(const char *name)
{
	static const char *const starts[] = {"sqlite_", "pragma_", "json_"};
	static const char *const names[] = {"dbstat", "bytecode", "tables_used"};

	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		if (sqlite3_strnicmp(name, starts[i], (int)strlen(starts[i])) == 0)
			return true;
	}
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (sqlite3_stricmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static int
authorize(struct db_guard *guard, int action, const char *first, const char *second)
{
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		if (table_is_engines(first))
			return SQLITE_DENY;
		if (guard->reads)
			guard->reads(guard->object, first);
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return function_allowed(second) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int
on_authorize(void *object, int action, const char *first, const char *second, const char *database,
	     const char *trigger)
{
	struct db_guard *guard = object;
	int answer = authorize(guard, action, first, second);

	(void)database;
	(void)trigger;
	guard->denied = guard->denied || answer == SQLITE_DENY;
	return answer;
}

void
sqlite_guard_on(struct sqlite_db *d, struct db_guard *guard)
{
	guard->denied = false;
	(void)sqlite3_set_authorizer(d->handle, on_authorize, guard);
}

void
sqlite_guard_off(struct sqlite_db *d)
{
	(void)sqlite3_set_authorizer(d->handle, NULL, NULL);
}

bool
sqlite_tail_is_empty(const char *tail)
{
	while (tail && *tail != '\0') {
		const char *end;

		if (strchr(" \t\r\n;", *tail)) {
			tail++;
		} else if (tail[0] == '-' && tail[1] == '-') {
			tail += strcspn(tail, "\n");
		} else if (tail[0] == '/' && tail[1] == '*') {
			end = strstr(tail + 2, "*/");
			tail = end ? end + 2 : tail + strlen(tail);
		} else {
			return false;
		}
	}
	return true;
}

bool
sqlite_only_reads(sqlite3_stmt *handle)
{
	return sqlite3_stmt_readonly(handle) && sqlite3_column_count(handle) > 0;
}
