#include "store/stmt_cache.h"

#include "store/engine_priv.h"

#include <string.h>

/* More than a run of anything prepares, so that a process that lives on prepares each once. */
enum { KEPT_MAX = 400 };

static void
unlink_stmt(struct stmt_cache *c, struct db_stmt *s)
{
	*(s->newer ? &s->newer->older : &c->newest) = s->older;
	*(s->older ? &s->older->newer : &c->oldest) = s->newer;
	s->newer = NULL;
	s->older = NULL;
	c->count--;
}

/* FNV-1a. */
uint64_t
stmt_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3U;
	return hash;
}

struct db_stmt *
stmt_cache_take(struct stmt_cache *c, const char *sql, uint64_t hash, bool scan)
{
	for (struct db_stmt *s = c->newest; s; s = s->older) {
		if (s->hash == hash && s->scan == scan && strcmp(s->sql, sql) == 0) {
			unlink_stmt(c, s);
			return s;
		}
	}
	return NULL;
}

void
stmt_cache_put(struct stmt_cache *c, struct db_stmt *s)
{
	s->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = s;
	c->newest = s;
	if (++c->count <= KEPT_MAX)
		return;
	s = c->oldest;
	unlink_stmt(c, s);
	s->db->engine->stmt_free(s);
}

void
stmt_cache_empty(struct stmt_cache *c)
{
	while (c->newest) {
		struct db_stmt *s = c->newest;

		unlink_stmt(c, s);
		s->db->engine->stmt_free(s);
	}
}
