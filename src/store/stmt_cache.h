/* stmt_cache.h -- prepared statements that wait for their next use; private to the store.
 *
 * To prepare costs more than to run: an exchange with a server, a plan in the embedded engine. So a
 * statement that is freed is kept by its text, and given out again to whoever prepares the same. A
 * connection keeps a limited number, and forgets first what was not used longest. What changes the
 * meaning of names (a new table, a view of the past) forgets them all.
 */
#ifndef STORE_STMT_CACHE_H
#define STORE_STMT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_stmt;

struct stmt_cache {
	struct db_stmt *newest;
	struct db_stmt *oldest;
	size_t count;
};

/* What a statement's text is found by. */
uint64_t stmt_hash(const char *sql);

/* One of this text, which is the caller's from then on; NULL when there is none. */
struct db_stmt *stmt_cache_take(struct stmt_cache *c, const char *sql, uint64_t hash, bool scan);

/* Keeps it, reset and without values. */
void stmt_cache_put(struct stmt_cache *c, struct db_stmt *s);

/* Frees them all. */
void stmt_cache_empty(struct stmt_cache *c);

#endif
