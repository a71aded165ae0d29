#include "identity/known.h"

#include "base/hash.h"
#include "base/limits.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WHO_MEMORY = 1048576 };

/* One of those whose secrets have the same place takes that of the other. */
struct caller {
	char kept[HASH_HEX_LEN + 1]; /* "": nobody */
	int64_t size;
	int64_t since; /* when he was looked up */
	struct who who;
	struct arena arena;
};

struct known {
	pthread_mutex_t lock;
	struct caller callers[LIMIT_KNOWN_CALLERS];
};

enum err_code
known_new(struct known **ret_known, struct err *e)
{
	struct known *k = calloc(1, sizeof(*k));

	if (!k)
		return err_set(e, ERR_INTERNAL, "", "no memory for known callers");
	(void)pthread_mutex_init(&k->lock, NULL);
	for (size_t i = 0; i < LIMIT_KNOWN_CALLERS; i++)
		arena_init(&k->callers[i].arena, WHO_MEMORY);
	*ret_known = k;
	return ERR_NONE;
}

void
known_free(struct known *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < LIMIT_KNOWN_CALLERS; i++)
		arena_fini(&k->callers[i].arena);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

static struct caller *
place_of(struct known *k, struct str kept)
{
	size_t n = 0;

	for (size_t i = 0; i < kept.len && i < 8; i++)
		n = n * 31 + (unsigned char)kept.ptr[i];
	return &k->callers[n % LIMIT_KNOWN_CALLERS];
}

static void *
list_copy(struct arena *a, const void *list, size_t bytes)
{
	void *copy = arena_alloc(a, bytes + 1);

	if (bytes > 0)
		memcpy(copy, list, bytes);
	return copy;
}

/* The roles themselves are the plan's. */
static struct who
who_copy(const struct who *who, struct arena *a)
{
	struct who w = *who;
	const char **words =
		(const char **)arena_alloc(a, (who->registers.count + 1) * sizeof(*words));
	struct str *former = arena_alloc(a, (who->former_count + 1) * sizeof(*former));

	w.name = str_dup(a, who->name);
	w.actor = str_dup(a, who->actor);
	w.roles = list_copy(a, who->roles, who->role_count * sizeof(*who->roles));
	w.organisations = list_copy(a, who->organisations,
				    who->organisation_count * sizeof(*who->organisations));
	for (size_t i = 0; i < who->former_count; i++)
		former[i] = str_dup(a, who->former[i]);
	w.former = former;
	for (size_t i = 0; i < who->registers.count; i++)
		words[i] = str_z(a, str_of(who->registers.words[i]));
	w.registers.words = words;
	return w;
}

bool
known_find(struct known *k, const struct ctx *ctx, struct str kept, struct who *ret_who,
	   int64_t *ret_size)
{
	const struct caller *c = place_of(k, kept);
	int64_t now = clock_now(&ctx->clock);
	bool found;

	(void)pthread_mutex_lock(&k->lock);
	found = str_is(kept, c->kept) && c->who.model == ctx->model && now >= c->since &&
		now < c->who.until;
	if (found) {
		*ret_who = who_copy(&c->who, ctx->arena);
		*ret_size = c->size;
	}
	(void)pthread_mutex_unlock(&k->lock);
	return found;
}

void
known_keep(struct known *k, const struct ctx *ctx, struct str kept, const struct who *who,
	   int64_t size)
{
	struct caller *c = place_of(k, kept);

	if (kept.len != HASH_HEX_LEN)
		return;
	(void)pthread_mutex_lock(&k->lock);
	arena_reset(&c->arena);
	memcpy(c->kept, kept.ptr, kept.len);
	c->size = size;
	c->since = clock_now(&ctx->clock);
	c->who = who_copy(who, &c->arena);
	if (arena_over(&c->arena)) {
		c->kept[0] = '\0';
		arena_reset(&c->arena);
	}
	(void)pthread_mutex_unlock(&k->lock);
}
