#include "base/arena.h"

#include "base/large.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena_hook {
	struct arena_hook *next;
	void (*release)(void *);
	void *object;
};

static _Noreturn void
no_memory(size_t size)
{
	(void)fprintf(stderr, "arena: cannot give %zu bytes\n", size);
	abort();
}

/* How much a block holds, where no single object is larger. */
static size_t
block_size(const struct arena *a)
{
#ifdef ARENA_PER_OBJECT
	(void)a;
	return 0;
#else
	return a->large ? LARGE_PAGE - sizeof(struct arena_block) : BLOCK_SIZE;
#endif
}

static struct arena_block *
block_add(struct arena *a, size_t size)
{
	size_t whole = sizeof(struct arena_block) + size;
	struct arena_block *b = a->large ? large_alloc(whole) : malloc(whole);

	if (!b)
		no_memory(size);
	*b = (struct arena_block){.next = a->blocks, .size = size};
	a->blocks = b;
	return b;
}

void
arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit};
}

void
arena_init_large(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit, .large = true};
}

void
arena_fini(struct arena *a)
{
	for (struct arena_hook *h = a->hooks; h; h = h->next)
		h->release(h->object);
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	*a = (struct arena){0};
}

void
arena_reset(struct arena *a)
{
	const struct arena fresh = {.limit = a->limit, .large = a->large};
	struct arena_block *keep = NULL;

#ifndef ARENA_PER_OBJECT
	if (a->blocks && !a->hooks && a->blocks->size == block_size(a)) {
		keep = a->blocks;
		a->blocks = keep->next;
		keep->next = NULL;
		keep->used = 0;
	}
#endif
	arena_fini(a);
	*a = fresh;
	a->blocks = keep;
}

void *
arena_raw(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *b = a->blocks;
	void *object;

#ifndef ARENA_PER_OBJECT
	size = (size + align - 1) / align * align;
#else
	(void)align;
#endif
	if (!b || size > b->size - b->used)
		b = block_add(a, size > block_size(a) ? size : block_size(a));
	object = b->bytes + b->used;
	b->used += size;
	a->used += size;
	return object;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_raw(a, size), 0, size);
}

bool
arena_over(const struct arena *a)
{
	return a->used > a->limit;
}

void *
arena_room(struct arena *a, void *list, size_t count, size_t *cap, size_t size)
{
	void *more;

	if (count < *cap)
		return list;
	*cap = (count + 8) * 2;
	more = arena_alloc(a, *cap * size);
	if (count > 0)
		memcpy(more, list, count * size);
	return more;
}

char *
arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, text, len);
	return copy;
}

void
arena_defer(struct arena *a, void (*release)(void *), void *object)
{
	struct arena_hook *h = arena_alloc(a, sizeof(*h));

	*h = (struct arena_hook){.next = a->hooks, .release = release, .object = object};
	a->hooks = h;
}
