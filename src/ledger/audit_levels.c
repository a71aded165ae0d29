#include "ledger/audit_priv.h"

/* The tile's hash stands in the level above; where they differ and the tile is sound, that is the
 * altered one. */
static enum err_code
check_parent(struct ledger_audit *a, unsigned level, uint64_t number, const struct hash *root,
	     struct err *e)
{
	uint64_t above = number >> TILE_BITS;
	size_t entry = (size_t)(number % TILE_HASHES);
	const struct tile *tile;
	enum err_code rc;

	if (audit_bit(a->bad[level], number) || audit_bit(a->bad[level + 1], above))
		return ERR_NONE;
	rc = tile_read(&a->tiles, level + 1, above, &tile, e);
	if (rc)
		return rc;
	if (tile->width > entry && !hash_eq(root, &tile->hashes[entry]))
		audit_blame_tile(a, level + 1, above,
				 "was altered: the tiles below it give other hashes");
	return ERR_NONE;
}

static enum err_code
check_tile(struct ledger_audit *a, unsigned level, uint64_t number, struct err *e)
{
	size_t width = tile_width(level, number, a->head.size);
	struct merkle_range range = {0};
	const struct tile *tile;
	enum err_code rc = tile_read(&a->tiles, level, number, &tile, e);

	if (rc)
		return rc;
	if (tile->width < width)
		audit_blame_tile(a, level, number,
				 tile->width ? "was cut: hashes at its end are missing"
					     : "is missing: it was deleted");
	else if (tile->ragged)
		audit_blame_tile(a, level, number, "was altered: it holds bytes that are no hash");
	if (tile->width < TILE_HASHES)
		return ERR_NONE;
	for (size_t i = 0; i < TILE_HASHES; i++)
		merkle_append(a->by.hasher, &range, &tile->hashes[i]);
	return check_parent(a, level, number, &range.hashes[0], e);
}

static enum err_code
read_number(struct ledger_audit *a, const char *sql, int64_t *ret_number, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	rc = db_prepare(a->by.db, sql, &s, e);
	if (!rc)
		rc = db_step(s, &row, e);
	if (!rc)
		*ret_number = row && !db_is_null(s, 0) ? db_int(s, 0) : 0;
	return rc;
}

/* When the newest checkpoint goes, leaves remain that no other covers. */
static enum err_code
check_beyond(struct ledger_audit *a, bool *ret_beyond, struct err *e)
{
	int64_t by_tiles, by_leaves, leaves;
	enum err_code rc;

	/* The last level-0 tile; level 1 begins at 2^40. */
	rc = read_number(a,
			 "select id * 256 + length(data) / 32 from ledger_tile "
			 "where id >= 0 and id < 1099511627776 order by id desc limit 1",
			 &by_tiles, e);
	if (!rc)
		rc = read_number(a, "select max(idx) + 1 from ledger_leaf", &by_leaves, e);
	if (rc)
		return rc;
	leaves = by_tiles > by_leaves ? by_tiles : by_leaves;
	*ret_beyond = leaves > (int64_t)a->head.size;
	if (*ret_beyond)
		audit_report(
			a,
			(struct ledger_fault){.what = "checkpoint_missing",
					      .index = (int64_t)a->head.size},
			"the ledger has %lld leaves, but its newest good checkpoint covers %llu: a "
			"later checkpoint was deleted or altered",
			(long long)leaves, (unsigned long long)a->head.size);
	return ERR_NONE;
}

static enum err_code
check_strays(struct ledger_audit *a, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		a->by.db, "select count(*) from ledger_tile where id between :first and :last", &s,
		e);

	for (unsigned level = 0; !rc && level <= TILE_LEVELS + 1; level++) {
		bool above = level == TILE_LEVELS, below = level > TILE_LEVELS;
		bool row;

		db_bind_int(s, 1,
			    below ? INT64_MIN : tile_id(level, above ? 0 : audit_tiles(a, level)));
		db_bind_int(s, 2, below ? -1 : above ? INT64_MAX : tile_id(level + 1, 0) - 1);
		rc = db_step(s, &row, e);
		if (rc)
			break;
		if (row && db_int(s, 0) > 0)
			audit_report(
				a, (struct ledger_fault){.what = "tile", .index = -1},
				"%lld tiles of the ledger belong to no tree of %llu leaves: they "
				"were added or renumbered",
				(long long)db_int(s, 0), (unsigned long long)a->head.size);
		db_reset(s);
	}
	return rc;
}

enum err_code
audit_levels(struct ledger_audit *a, struct err *e)
{
	enum err_code rc = ERR_NONE;
	bool beyond = false;

	for (unsigned level = 1; !rc && level < TILE_LEVELS; level++) {
		for (uint64_t n = 0; !rc && n < audit_tiles(a, level); n++)
			rc = check_tile(a, level, n, e);
	}
	if (!rc)
		rc = check_beyond(a, &beyond, e);
	if (!rc && !beyond)
		rc = check_strays(a, e);
	return rc;
}
