#include "access_matrix.h"
#include "base/limits.h"
#include "duty/feed.h"
#include "ledger/ledger.h"
#include "record/proof.h"
#include "test.h"

#include <string.h>

/* What is told beside a record itself: where it stands in the ledger, and when it is due. */

/* A receipt that is given out holds. */
static void
receipt_check_whole(struct ctx *ctx, const struct record *r, struct arena *a)
{
	CLEANUP(buf_fini) struct buf entry = {.limit = LIMIT_ENTRY_BYTES};
	struct checkpoint tree;
	struct receipt receipt;

	CHECK(!record_receipt(ctx, r, a, &receipt));
	CHECK(!record_version_entry(ctx, r, &entry));
	receipt.entry = (struct str){entry.data, entry.len};
	CHECK(!receipt_check(ctx->hasher, ledger_key(ctx->ledger), &receipt, &tree, &ctx->err));
}

static void
receipt_try(struct matrix *m, struct ctx *ctx, const struct world_row *row, int64_t version,
	    bool whole)
{
	bool should = matrix_may_read(m, row);
	size_t before = m->w.noted;
	struct record one;
	enum err_code rc = record_version(ctx, row->record.id, version, &m->scratch, &one);

	matrix_tell(m, "a receipt", row->record.reg, !rc, should);
	CHECK(!rc || rc == ERR_MISSING);
	CHECK(m->w.noted - before == (should && row->record.reg->restricted));
	if (!rc && whole)
		receipt_check_whole(ctx, &one, &m->scratch);
}

/* Of the first version and the present one: where it stands is told of none that may not be read.
 * To check a signature takes long, so that is done once for each register. */
void
matrix_receipts_try(struct matrix *m, struct ctx *ctx)
{
	const struct reg *last = NULL;

	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];

		if (row->step >= 0)
			continue;
		receipt_try(m, ctx, row, 1, false);
		if (row->record.version > 1)
			receipt_try(m, ctx, row, row->record.version, last != row->record.reg);
		if (row->record.version > 1 && matrix_may_read(m, row))
			last = row->record.reg;
	}
}

/* The feed with its long lines whole again (RFC 5545 section 3.1). */
static const char *
feed_of(struct matrix *m, struct ctx *ctx, bool all)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_CALENDAR_BYTES};
	const struct feed f = {.site = "https://isms.example", .all = all};
	char *whole;
	size_t n = 0;

	CHECK(!feed_write(ctx, &f, &text) && !text.failed);
	whole = arena_alloc(&m->scratch, text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		if (i + 2 < text.len && memcmp(text.data + i, "\r\n ", 3) == 0)
			i += 2;
		else
			whole[n++] = text.data[i];
	}
	whole[n] = '\0';
	return whole;
}

static bool
feed_has(const struct matrix *m, const char *feed, const struct world_row *row,
	 const struct field *due)
{
	char uid[128];
	char name[RECORD_NAME_SIZE];

	record_name(m->w.ctx->model, row->record.id, name);
	(void)snprintf(uid, sizeof(uid), "\r\nUID:record/%s/%s@", name, due->name);
	return strstr(feed, uid) != NULL;
}

/* Every record that is due today and may be read is in the feed of everything, and none besides;
 * in one's own is no other. Of a party that is not seen no duty is told either. */
void
matrix_feeds_try(struct matrix *m, struct ctx *ctx)
{
	const struct reg *cell = model_reg(ctx->model, str_of("cell"));
	const char *all = feed_of(m, ctx, true);
	const char *own = feed_of(m, ctx, false);

	for (size_t i = 0; i < m->w.row_count; i++) {
		const struct world_row *row = &m->w.rows[i];
		const struct reg *r = row->record.reg;

		for (size_t k = 0; row->step == STEP_NONE && k < r->due_count; k++) {
			const struct field *due = r->dues[k].field;

			matrix_tell(m, "the calendar feed", r, feed_has(m, all, row, due),
				    matrix_may_read(m, row));
			if (feed_has(m, own, row, due))
				matrix_tell(m, "one's own calendar feed", r, true,
					    matrix_may_read(m, row));
		}
	}
	for (int of = 0; of < PARTIES; of++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "\\n%s: due\\, ", party_keys[of]);
		matrix_tell(m, "duties in the calendar feed", cell, strstr(all, line) != NULL,
			    matrix_may(m, cell, RIGHTS_READ, (enum party_of)of));
		if (strstr(own, line))
			matrix_tell(m, "duties in one's own calendar feed", cell, true,
				    matrix_may(m, cell, RIGHTS_READ, (enum party_of)of));
	}
}
