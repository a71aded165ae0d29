/* arena.h -- memory that lives exactly as long as one request.
 *
 * arena_alloc never returns NULL. Past `limit` it still gives memory, and
 * arena_over says so from then on: the loops that read outside data (parser,
 * row fetch, import) ask it and stop with ERR_TOO_BIG; nobody else needs to.
 * No memory from the system at all ends the process, as in any daemon.
 * Everything goes at once in arena_fini, newest deferred release first. Under
 * -DARENA_PER_OBJECT (the sanitizer builds) each object is its own malloc, so
 * that ASan sees every overrun.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena_hook;

struct arena {
	struct arena_block *blocks;
	struct arena_hook *hooks;
	size_t used;
	size_t limit;
	bool large;
};

void arena_init(struct arena *a, size_t limit);
/* For what is known to become megabytes: taken in large pages (large.h). */
void arena_init_large(struct arena *a, size_t limit);
void arena_fini(struct arena *a);
/* Gives everything back but one block, for a loop that needs the same memory again and again. */
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t size);
/* The same for what is written whole before it is read: its bytes are any. */
void *arena_raw(struct arena *a, size_t size);
bool arena_over(const struct arena *a);
/* The list with room for one more of `size` bytes than `count`: itself, or a larger copy. */
void *arena_room(struct arena *a, void *list, size_t count, size_t *cap, size_t size);
char *arena_strndup(struct arena *a, const char *text, size_t len);

/* Calls `release(object)` when the arena goes. */
void arena_defer(struct arena *a, void (*release)(void *), void *object);

#endif
