#include "model/ahead.h"

#include "base/limits.h"
#include "sys/file.h"

#include <pthread.h>
#include <string.h>

enum { MEMORY = 64 * 1024 * 1024 };

enum stage { STAGE_OPEN, STAGE_TAKEN, STAGE_PARSED };

struct ahead_file {
	const char *path;
	enum stage stage;
	/* Where it is parsed. */
	struct str text;
	const struct yaml *top;
	struct diags diags;
};

struct ahead {
	struct arena *own; /* the caller's */
	struct arena arena;
	struct ahead_file *files;
	size_t count;
	size_t cap;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t parsed;
	bool ending;
};

/* The last one that nobody has taken. */
static struct ahead_file *
last_take(struct ahead *x)
{
	for (size_t i = x->count; i > 0 && !x->ending; i--) {
		struct ahead_file *f = &x->files[i - 1];

		if (f->stage != STAGE_OPEN)
			continue;
		f->stage = STAGE_TAKEN;
		return f;
	}
	return NULL;
}

/* What cannot be read is left to the caller, who says so. */
static void
file_parse(struct ahead *x, struct ahead_file *f)
{
	struct err e = {0};

	diag_init(&f->diags, &x->arena);
	if (!file_load(f->path, LIMIT_PLAN_FILE_BYTES, &x->arena, &f->text, &e))
		f->top = yaml_parse(f->text, f->path, &x->arena, &f->diags);
}

static void *
parse_on(void *object)
{
	struct ahead *x = object;
	struct ahead_file *f;

	(void)pthread_mutex_lock(&x->lock);
	while ((f = last_take(x)) != NULL) {
		(void)pthread_mutex_unlock(&x->lock);
		file_parse(x, f);
		(void)pthread_mutex_lock(&x->lock);
		f->stage = STAGE_PARSED;
		(void)pthread_cond_signal(&x->parsed);
	}
	(void)pthread_mutex_unlock(&x->lock);
	return NULL;
}

static void
folder_add(struct ahead *x, const char *folder)
{
	struct file_names names = {0};
	struct err e = {0};

	if (file_list(folder, ".yaml", x->own, &names, &e))
		return;
	for (size_t i = 0; i < names.count && x->count < LIMIT_PLAN_FILES; i++) {
		x->files = arena_room(x->own, x->files, x->count, &x->cap, sizeof(*x->files));
		x->files[x->count++] =
			(struct ahead_file){.path = file_join(x->own, folder, names.names[i])};
	}
}

static void
release(void *object)
{
	struct ahead *x = object;

	(void)pthread_cond_destroy(&x->parsed);
	(void)pthread_mutex_destroy(&x->lock);
	arena_fini(&x->arena);
}

struct ahead *
ahead_begin(const char *const *folders, size_t count, struct arena *a)
{
	struct ahead *x = arena_alloc(a, sizeof(*x));

	x->own = a;
	arena_init_large(&x->arena, MEMORY);
	(void)pthread_mutex_init(&x->lock, NULL);
	(void)pthread_cond_init(&x->parsed, NULL);
	arena_defer(a, release, x);
	for (size_t i = 0; i < count; i++)
		folder_add(x, folders[i]);
	if (x->count == 0 || pthread_create(&x->thread, NULL, parse_on, x) != 0)
		return NULL;
	return x;
}

void
ahead_end(struct ahead *x)
{
	if (!x)
		return;
	(void)pthread_mutex_lock(&x->lock);
	x->ending = true;
	(void)pthread_mutex_unlock(&x->lock);
	(void)pthread_join(x->thread, NULL);
}

void
ahead_endp(struct ahead **x)
{
	ahead_end(*x);
}

static struct ahead_file *
file_find(const struct ahead *x, const char *path)
{
	for (size_t i = 0; i < x->count; i++) {
		if (strcmp(x->files[i].path, path) == 0)
			return &x->files[i];
	}
	return NULL;
}

bool
ahead_take(struct ahead *x, const char *path, struct str *ret_text, const struct yaml **ret_top,
	   struct diags *d)
{
	struct ahead_file *f = x ? file_find(x, path) : NULL;
	bool mine;

	if (!f)
		return false;
	(void)pthread_mutex_lock(&x->lock);
	mine = f->stage == STAGE_OPEN;
	f->stage = mine ? STAGE_TAKEN : f->stage;
	while (!mine && f->stage == STAGE_TAKEN)
		(void)pthread_cond_wait(&x->parsed, &x->lock);
	(void)pthread_mutex_unlock(&x->lock);
	if (mine || !f->text.ptr)
		return false;
	diag_join(d, &f->diags);
	*ret_text = f->text;
	*ret_top = f->top;
	return true;
}
