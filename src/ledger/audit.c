#include "ledger/audit_priv.h"

#include "store/find.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Records of several registers, and versions of one record, lie apart: each such run finds its tile
 * still there. */
enum { TILES_KEPT = 64 };

uint8_t *
audit_bits(uint64_t count)
{
	return calloc((size_t)(count / 8 + 1), 1);
}

bool
audit_bit(const uint8_t *bits, uint64_t at)
{
	return bits[at / 8] >> (at % 8) & 1;
}

void
audit_set_bit(uint8_t *bits, uint64_t at)
{
	bits[at / 8] = (uint8_t)(bits[at / 8] | 1U << (at % 8));
}

uint64_t
audit_tiles(const struct ledger_audit *a, unsigned level)
{
	return (tile_entries(level, a->head.size) + TILE_HASHES - 1) >> TILE_BITS;
}

void
audit_report(struct ledger_audit *a, struct ledger_fault f, const char *format, ...)
{
	char message[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	f.message = message;
	a->by.found(a->by.object, &f);
}

void
audit_blame_tile(struct ledger_audit *a, unsigned level, uint64_t number, const char *how)
{
	unsigned height = TILE_BITS * (level + 1);
	uint64_t end = (number + 1) << height;

	audit_set_bit(a->bad[level], number);
	audit_report(a, (struct ledger_fault){.what = "tile", .index = -1},
		     "the ledger's own tile %llu of level %u, over the leaves %llu to %llu, %s",
		     (unsigned long long)number, level, (unsigned long long)number << height,
		     (unsigned long long)(end < a->head.size ? end : a->head.size) - 1, how);
}

enum err_code
audit_checkpoint(const struct ledger_audit *a, const struct db_stmt *row,
		 struct checkpoint *ret_checkpoint, struct err *e)
{
	const struct note_key *key = a->by.key;
	struct checkpoint c;
	struct str text;
	enum err_code rc = note_open(key, db_text(row, 1), &text, e);

	if (!rc)
		rc = checkpoint_parse(key->name, text, &c, e);
	if (rc)
		return rc;
	if (c.size != (uint64_t)db_int(row, 0) || tile_entries(TILE_LEVELS, c.size) > 0)
		return err_set(e, ERR_INVALID, "", "it is signed for the size %llu",
			       (unsigned long long)c.size);
	*ret_checkpoint = c;
	return ERR_NONE;
}

static enum err_code
find_head(struct ledger_audit *a, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	rc = db_prepare_scan(a->by.db, "select id, note from ledger_checkpoint order by id desc",
			     &s, e);
	while (!rc) {
		struct err fault;

		rc = db_step(s, &row, e);
		if (rc || !row || audit_checkpoint(a, s, &a->head, &fault) == ERR_NONE)
			break;
	}
	return rc;
}

static enum err_code
set_up(struct ledger_audit *a, struct err *e)
{
	enum err_code rc = find_head(a, e);
	bool memory;

	if (!rc)
		rc = tile_reader_open(&a->tiles, a->by.db, TILES_KEPT, e);
	if (rc)
		return rc;
	a->claimed = audit_bits(a->head.size);
	memory = a->claimed != NULL;
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		a->bad[level] = audit_bits(audit_tiles(a, level));
		memory = memory && a->bad[level];
	}
	if (!memory)
		return err_set(e, ERR_INTERNAL, "", "no memory to audit %llu leaves",
			       (unsigned long long)a->head.size);
	return ERR_NONE;
}

enum err_code
ledger_audit_open(const struct ledger_auditor *by, struct ledger_audit **ret_audit, struct err *e)
{
	struct ledger_audit *a = calloc(1, sizeof(*a));
	enum err_code rc;

	if (!a)
		return err_set(e, ERR_INTERNAL, "", "no memory to audit the ledger");
	a->by = *by;
	a->head.root = merkle_empty(by->hasher);
	rc = set_up(a, e);
	if (rc) {
		ledger_audit_close(a);
		return rc;
	}
	*ret_audit = a;
	return ERR_NONE;
}

enum err_code
ledger_audit_tree(struct ledger_audit *a, struct err *e)
{
	enum err_code rc = audit_walk(a, e);

	return rc ? rc : audit_levels(a, e);
}

void
ledger_audit_close(struct ledger_audit *a)
{
	if (!a)
		return;
	tile_reader_close(&a->tiles);
	for (unsigned level = 0; level < TILE_LEVELS; level++)
		free(a->bad[level]);
	free(a->claimed);
	free(a);
}

void
ledger_audit_closep(struct ledger_audit **a)
{
	ledger_audit_close(*a);
}

const struct checkpoint *
ledger_audit_head(const struct ledger_audit *a)
{
	return &a->head;
}

bool
ledger_audit_join(struct ledger_audit *a, const struct ledger_audit *other)
{
	uint8_t twice = 0;

	if (a->head.size != other->head.size)
		return false;
	for (uint64_t i = 0; i <= a->head.size / 8; i++) {
		twice |= a->claimed[i] & other->claimed[i];
		a->claimed[i] |= other->claimed[i];
	}
	a->claims += other->claims;
	a->beyond += other->beyond;
	return twice == 0;
}

/* The leaf's hash as the tiles have it against the one of the entry. */
static enum err_code
compare_leaf(struct ledger_audit *a, struct ledger_fault f, struct str entry, struct err *e)
{
	uint64_t number = (uint64_t)f.index >> TILE_BITS;
	size_t at = (size_t)(f.index % TILE_HASHES);
	const struct tile *tile;
	struct hash leaf;
	enum err_code rc = tile_read(&a->tiles, 0, number, &tile, e);

	if (rc)
		return rc;
	leaf = merkle_leaf(a->by.hasher, entry.ptr, entry.len);
	if (at < tile->width && hash_eq(&leaf, &tile->hashes[at]))
		return ERR_NONE;
	f.what = audit_bit(a->bad[0], number) ? "tile" : "leaf";
	if (!audit_bit(a->bad[0], number))
		audit_report(a, f,
			     "version %lld of record %lld is not what was sealed as leaf %lld: the "
			     "record, or which leaf it is, was altered after it was sealed",
			     (long long)f.version, (long long)f.subject, (long long)f.index);
	else
		audit_report(
			a, f,
			"version %lld of record %lld cannot be verified: the ledger's own tile "
			"with leaf %lld was altered or cut and does not fit it",
			(long long)f.version, (long long)f.subject, (long long)f.index);
	return ERR_NONE;
}

enum err_code
ledger_audit_leaf(struct ledger_audit *a, const struct ledger_claim *c, struct str entry,
		  struct err *e)
{
	struct ledger_fault f = {.index = c->index, .subject = c->subject, .version = c->version};

	if (!c->named || c->index < 0) {
		f.what = "leaf_missing";
		f.index = -1;
		audit_report(a, f,
			     "version %lld of record %lld has no leaf: its row in ledger_leaf was "
			     "deleted or altered, or the record was written past the ledger",
			     (long long)c->version, (long long)c->subject);
		return ERR_NONE;
	}
	if ((uint64_t)c->index >= a->head.size) {
		a->beyond++;
		f.what = "leaf_unsealed";
		audit_report(a, f,
			     "version %lld of record %lld stands as leaf %lld, but the newest good "
			     "checkpoint covers only %llu leaves",
			     (long long)c->version, (long long)c->subject, (long long)c->index,
			     (unsigned long long)a->head.size);
		return ERR_NONE;
	}
	if (audit_bit(a->claimed, (uint64_t)c->index)) {
		f.what = "leaf_claimed_twice";
		audit_report(a, f,
			     "version %lld of record %lld stands as leaf %lld, which another one "
			     "claims too",
			     (long long)c->version, (long long)c->subject, (long long)c->index);
	} else {
		audit_set_bit(a->claimed, (uint64_t)c->index);
		a->claims++;
	}
	return compare_leaf(a, f, entry, e);
}

/* Those whose row in ledger_leaf remains can be named. */
static enum err_code
report_known_unclaimed(struct ledger_audit *a, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	rc = db_prepare_scan(
		a->by.db,
		"select idx, subject, version from ledger_leaf where idx >= 0 order by idx", &s, e);
	while (!rc) {
		struct ledger_fault f = {.what = "leaf_unclaimed"};

		rc = db_step(s, &row, e);
		if (rc || !row)
			break;
		f.index = db_int(s, 0);
		f.subject = db_int(s, 1);
		f.version = db_int(s, 2);
		if ((uint64_t)f.index >= a->head.size || audit_bit(a->claimed, (uint64_t)f.index))
			continue;
		audit_set_bit(a->claimed, (uint64_t)f.index);
		audit_report(a, f,
			     "version %lld of record %lld was sealed as leaf %lld but is gone: the "
			     "record was deleted",
			     (long long)f.version, (long long)f.subject, (long long)f.index);
	}
	return rc;
}

/* Rows of ledger_leaf that are of no leaf of the tree, and of no version that claims to be past it.
 */
static enum err_code
report_added(struct ledger_audit *a, struct err *e)
{
	const struct db_find f = {"select count(*) from ledger_leaf where idx < 0 or idx >= :size",
				  {db_of_int((int64_t)a->head.size)}};
	int64_t added = 0;
	enum err_code rc = db_find_int(a->by.db, &f, &added, NULL, e);

	added -= (int64_t)a->beyond;
	if (!rc && added > 0)
		audit_report(a, (struct ledger_fault){.what = "leaf_added", .index = -1},
			     "%lld rows of ledger_leaf are of no version and were never sealed: "
			     "they were added",
			     (long long)added);
	return rc;
}

enum err_code
ledger_audit_end(struct ledger_audit *a, struct checkpoint *ret_head, struct err *e)
{
	enum err_code rc = report_added(a, e);

	if (!rc && a->claims < a->head.size) {
		rc = report_known_unclaimed(a, e);
		if (rc)
			return rc;
		for (uint64_t i = 0; i < a->head.size; i++) {
			if (!audit_bit(a->claimed, i))
				audit_report(
					a,
					(struct ledger_fault){.what = "leaf_unclaimed",
							      .index = (int64_t)i},
					"leaf %llu belongs to no record: its row in ledger_leaf "
					"was deleted or altered",
					(unsigned long long)i);
		}
	}
	if (!rc)
		*ret_head = a->head;
	return rc;
}
