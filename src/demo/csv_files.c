#include "demo/calendar.h"
#include "demo/fill_priv.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ROLL_ORDER = 2000, ROUNDS = 4, LINE_LIMIT = 1024 * 1024, FILES_MAX = 64 };

/* A number's place in a random order of 0 to n-1: a Feistel network on the next power of four,
 * walked until it lands within. No memory, whatever n is. */
static int64_t
shuffled(const struct world *w, int64_t index, int64_t n, int64_t salt)
{
	int half = 1;
	uint64_t mask, x = (uint64_t)index;

	while ((int64_t)1 << (2 * half) < n)
		half++;
	mask = ((uint64_t)1 << half) - 1;
	do {
		uint64_t left = x >> half;
		uint64_t right = x & mask;

		for (int64_t round = 0; round < ROUNDS; round++) {
			uint64_t next = left ^ (world_roll(w, ROLL_ORDER, (int64_t)right,
							   salt * ROUNDS + round) &
						mask);

			left = right;
			right = next;
		}
		x = left << half | right;
	} while ((int64_t)x >= n);
	return (int64_t)x;
}

/* The view of the organisation's last delivery of the step. */
static struct scene
last_scene(const struct world *w, const struct step *s, int org)
{
	int month = w->months - 1;

	while (month > 0 && !step_delivers(s, w, org, month))
		month--;
	return world_scene(w, org, month);
}

static void
header_write(const struct kind *k, FILE *f)
{
	(void)fputs("organisation", f);
	for (size_t i = 0; i < ROW_COLUMNS && k->columns[i]; i++)
		(void)fprintf(f, ",%s", k->columns[i]);
	(void)fputc('\n', f);
}

static void
rows_write(const struct world *w, const struct step *s, const struct kind *k, FILE *f)
{
	CLEANUP(row_fini) struct row row;
	CLEANUP(buf_fini) struct buf line = {.limit = LINE_LIMIT};
	struct scene views[DEMO_ORGS];
	int64_t ends[DEMO_ORGS];
	int64_t all = 0;

	for (int o = 0; o < DEMO_ORGS; o++) {
		views[o] = last_scene(w, s, o);
		all += step_delivers(s, w, o, 0) ? k->count(&views[o]) : 0;
		ends[o] = all;
	}
	row_init(&row, k);
	for (int64_t i = 0; i < all; i++) {
		int64_t at = shuffled(w, i, all, (int64_t)strlen(k->reg));
		int org = 0;

		while (at >= ends[org])
			org++;
		row_clear(&row);
		line.len = 0;
		if (!k->make(&views[org], at - (org > 0 ? ends[org - 1] : 0), &row))
			continue;
		row_put(&row, &line);
		(void)fprintf(f, "%s,%s", demo_parties[org].key, line.data);
	}
}

/* "account.csv"; the second kind of one register gets "ticket-2.csv". */
static const char *
file_name(struct ctx *ctx, const char *folder, const struct kind *k, const struct kind *const *done,
	  size_t count)
{
	char name[RECORD_NAME_SIZE * 2];
	int number = 1;

	for (size_t i = 0; i < count; i++)
		number += strcmp(done[i]->reg, k->reg) == 0;
	if (number == 1)
		(void)snprintf(name, sizeof(name), "%s.csv", k->reg);
	else
		(void)snprintf(name, sizeof(name), "%s-%d.csv", k->reg, number);
	return file_join(ctx->arena, folder, name);
}

static enum err_code
kind_write(struct ctx *ctx, const struct world *w, const struct step *s, const struct kind *k,
	   const char *path)
{
	FILE *f = fopen(path, "wxe");
	bool failed;

	if (!f)
		return err_set(&ctx->err, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "csv",
			       "cannot make '%s': %s", path, strerror(errno));
	header_write(k, f);
	rows_write(w, s, k, f);
	failed = ferror(f) != 0;
	if (fclose(f) != 0 || failed)
		return err_set(&ctx->err, ERR_IO, "csv", "cannot write '%s': %s", path,
			       strerror(errno));
	return ERR_NONE;
}

static enum err_code
organisations_write(struct ctx *ctx, const char *folder)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LINE_LIMIT};

	buf_addf(&text, "organisation,key,name,kind\n");
	for (int o = 0; o < DEMO_ORGS; o++)
		buf_addf(&text, "%s,%s,%s,%s\n", demo_parties[o].key, demo_parties[o].key,
			 demo_parties[o].name, demo_parties[o].kind);
	return file_save(file_join(ctx->arena, folder, "organisation.csv"),
			 (struct str){text.data, text.len}, 0644, &ctx->err);
}

enum err_code
demo_write_csv(struct ctx *ctx, const struct demo_options *o, const char *folder)
{
	const struct kind *done[FILES_MAX];
	struct world w;
	size_t n = 0;
	enum err_code rc = file_make_folder(folder, 0755, &ctx->err);

	demo_world(ctx, o, &w);
	if (!rc)
		rc = organisations_write(ctx, folder);
	for (size_t s = 0; !rc && s < demo_step_count; s++) {
		for (size_t k = 0; !rc && k < STEP_KINDS && demo_steps[s].kinds[k] && n < FILES_MAX;
		     k++) {
			const struct kind *kind = demo_steps[s].kinds[k];

			rc = kind_write(ctx, &w, &demo_steps[s], kind,
					file_name(ctx, folder, kind, done, n));
			done[n++] = kind;
		}
	}
	return rc;
}
