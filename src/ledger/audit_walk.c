#include "ledger/audit_priv.h"

#include <stdlib.h>

/* Reads the leaves in order and recomputes the root of every checkpoint on the way.
 *
 * Where the root of a tile differs from its hash at level 1, either may be the altered one. Then
 * the tree is computed both ways, until the next signed root that one of them gives says which. So
 * a fault is pinned to a tile, and what follows it is still verified.
 */
struct walk {
	struct ledger_audit *a;
	struct db_stmt *rows;		/* the checkpoints, oldest first */
	struct checkpoint next;		/* the next one whose signature holds */
	bool more;			/* there is such a one */
	int64_t previous;		/* size under which the latest row stands */
	uint64_t position;		/* leaves that were read */
	struct merkle_range by_leaves;	/* roots of the tiles before, from their leaves */
	struct merkle_range by_parents; /* the same with the hashes of level 1, once they differ */
	bool forked;
	struct merkle_range inside; /* leaves of the present tile */
	uint8_t *doubts;	    /* a bit for each tile that differs from its hash at level 1 */
	uint64_t settled;	    /* tiles before this one have no open doubt */
	uint64_t proven;	    /* leaves that a signed root confirms */
	uint64_t refused; /* size of the first checkpoint after them that does not; or 0 */
	bool lost;	  /* a tile and its hash are gone: no root can be computed */
};

static const struct ledger_fault checkpoint_missing = {.what = "checkpoint_missing", .index = -1};

static void
check_order(struct walk *w, int64_t id, int64_t previous)
{
	if (previous > w->previous)
		audit_report(w->a, checkpoint_missing,
			     "the checkpoint of size %lld is missing: it was deleted, for that of "
			     "size %lld was made right after it",
			     (long long)previous, (long long)id);
	else if (previous < w->previous)
		audit_report(
			w->a, checkpoint_missing,
			"the checkpoint of size %lld was made right after that of size %lld, yet "
			"that of size %lld stands between: a row of ledger_checkpoint was altered",
			(long long)id, (long long)previous, (long long)w->previous);
	w->previous = id;
}

static enum err_code
next_checkpoint(struct walk *w, struct err *e)
{
	while (w->more) {
		struct err fault;
		int64_t id;
		enum err_code rc = db_step(w->rows, &w->more, e);

		if (rc || !w->more)
			return rc;
		id = db_int(w->rows, 0);
		check_order(w, id, db_int(w->rows, 2));
		if (audit_checkpoint(w->a, w->rows, &w->next, &fault) == ERR_NONE)
			break;
		audit_report(w->a,
			     (struct ledger_fault){.what = "checkpoint_signature", .index = -1},
			     "the checkpoint of size %lld was altered: %s", (long long)id,
			     fault.message);
	}
	return ERR_NONE;
}

/* The next tile in doubt, from `at` on; the number of tiles read when there is none. */
static uint64_t
next_doubt(const struct walk *w, uint64_t at)
{
	uint64_t end = w->position >> TILE_BITS;

	while (at < end && !audit_bit(w->doubts, at))
		at++;
	return at;
}

static void
settle(struct walk *w, bool leaves_hold)
{
	uint64_t end = w->position >> TILE_BITS;

	if (w->forked) {
		for (uint64_t n = next_doubt(w, w->settled); n < end; n = next_doubt(w, n + 1)) {
			if (!leaves_hold)
				audit_blame_tile(w->a, 0, n,
						 "was altered: it does not give the hash that the "
						 "signed root confirms");
			else if (!audit_bit(w->a->bad[1], n >> TILE_BITS))
				audit_blame_tile(
					w->a, 1, n >> TILE_BITS,
					"was altered: the leaves below it give another hash, "
					"which the signed root confirms");
		}
		if (!leaves_hold)
			w->by_leaves = w->by_parents;
	}
	w->forked = false;
	w->settled = end;
	w->proven = w->position;
	w->refused = 0;
}

static struct hash
root_with(const struct walk *w, const struct merkle_range *tiles)
{
	struct merkle_range whole = *tiles;

	merkle_join(&whole, &w->inside);
	return merkle_root(w->a->by.hasher, &whole);
}

static void
check_root(struct walk *w)
{
	struct hash root = root_with(w, &w->by_leaves);

	if (hash_eq(&root, &w->next.root)) {
		if (w->refused)
			audit_report(
				w->a, (struct ledger_fault){.what = "checkpoint_root", .index = -1},
				"the checkpoint of size %llu was signed with another root than its "
				"leaves give, and that of size %llu confirms the leaves: the "
				"ledger's "
				"key has signed two histories",
				(unsigned long long)w->refused, (unsigned long long)w->position);
		settle(w, true);
		return;
	}
	if (w->forked) {
		root = root_with(w, &w->by_parents);
		if (hash_eq(&root, &w->next.root)) {
			settle(w, false);
			return;
		}
	}
	if (!w->refused)
		w->refused = w->position;
}

static enum err_code
check_roots_here(struct walk *w, struct err *e)
{
	while (w->more && w->next.size <= w->position) {
		enum err_code rc;

		/* Those passed over stand within a tile that was cut before them. */
		if (w->next.size == w->position && !w->lost)
			check_root(w);
		rc = next_checkpoint(w, e);
		if (rc)
			return rc;
	}
	return ERR_NONE;
}

/* Goes on to the next tile with this one's root, or with its hash at level 1 where leaves are
 * missing. */
static enum err_code
finish_tile(struct walk *w, uint64_t number, bool complete, struct err *e)
{
	struct hasher *h = w->a->by.hasher;
	size_t entry = (size_t)(number % TILE_HASHES);
	struct hash root = w->inside.hashes[0];
	const struct tile *above;
	enum err_code rc = tile_read(&w->a->tiles, 1, number >> TILE_BITS, &above, e);

	if (rc)
		return rc;
	w->inside = (struct merkle_range){0};
	if (!complete && above->width <= entry)
		w->lost = true;
	if (w->lost)
		return ERR_NONE;
	if (!complete)
		root = above->hashes[entry];
	if (above->width > entry && !hash_eq(&root, &above->hashes[entry])) {
		audit_set_bit(w->doubts, number);
		if (!w->forked)
			w->by_parents = w->by_leaves;
		w->forked = true;
	}
	if (w->forked)
		merkle_append(h, &w->by_parents,
			      above->width > entry ? &above->hashes[entry] : &root);
	merkle_append(h, &w->by_leaves, &root);
	return ERR_NONE;
}

static enum err_code
walk_tile(struct walk *w, uint64_t number, struct err *e)
{
	size_t width = tile_width(0, number, w->a->head.size);
	const struct tile *tile;
	struct merkle_range *inside = &w->inside;
	size_t count;
	enum err_code rc = tile_read(&w->a->tiles, 0, number, &tile, e);

	if (rc)
		return rc;
	count = tile->width < width ? tile->width : width;
	if (count < width)
		audit_blame_tile(w->a, 0, number,
				 count ? "was cut: hashes at its end are missing"
				       : "is missing: it was deleted");
	else if (tile->ragged)
		audit_blame_tile(w->a, 0, number, "was altered: it holds bytes that are no hash");
	for (size_t i = 0; i < count; i++) {
		merkle_append(w->a->by.hasher, inside, &tile->hashes[i]);
		w->position++;
		/* At the end of a full tile its hash at level 1 has a say first. */
		if (i + 1 < TILE_HASHES && w->more && w->next.size == w->position) {
			rc = check_roots_here(w, e);
			if (rc)
				return rc;
		}
	}
	if (width < TILE_HASHES) {
		w->lost = w->lost || count < width;
	} else {
		w->position = (number + 1) << TILE_BITS;
		rc = finish_tile(w, number, count == width, e);
	}
	return rc ? rc : check_roots_here(w, e);
}

/* What is left when the last signed root was given neither way. */
static void
report_rest(struct walk *w)
{
	uint64_t end = w->position >> TILE_BITS;

	if (w->refused)
		audit_report(
			w->a,
			(struct ledger_fault){
				.what = "tile",
				.index = w->refused - w->proven == 1 ? (int64_t)w->proven : -1,
			},
			"the ledger's own hashes of the leaves %llu to %llu were altered: they "
			"do not give the root that was signed at size %llu",
			(unsigned long long)w->proven, (unsigned long long)w->refused - 1,
			(unsigned long long)w->refused);
	for (uint64_t n = next_doubt(w, w->settled); n < end; n = next_doubt(w, n + 1))
		audit_blame_tile(w->a, 0, n,
				 "and its hash at level 1 differ: one of them was altered");
	if (w->refused || w->lost) {
		for (uint64_t n = w->proven >> TILE_BITS; n < audit_tiles(w->a, 0); n++)
			audit_set_bit(w->a->bad[0], n);
	}
}

static enum err_code
walk_all(struct walk *w, struct err *e)
{
	enum err_code rc = next_checkpoint(w, e);

	for (uint64_t n = 0; !rc && n < audit_tiles(w->a, 0); n++)
		rc = walk_tile(w, n, e);
	/* What is left does not hold, unless the last leaves are missing. */
	while (!rc && w->more)
		rc = next_checkpoint(w, e);
	if (!rc)
		report_rest(w);
	return rc;
}

enum err_code
audit_walk(struct ledger_audit *a, struct err *e)
{
	struct walk w = {.a = a, .more = true, .doubts = audit_bits(audit_tiles(a, 0))};
	enum err_code rc;

	if (!w.doubts)
		return err_set(e, ERR_INTERNAL, "", "no memory to audit the ledger");
	rc = db_prepare_scan(a->by.db,
			     "select id, note, previous from ledger_checkpoint order by id",
			     &w.rows, e);
	if (!rc)
		rc = walk_all(&w, e);
	db_stmt_free(w.rows);
	free(w.doubts);
	return rc;
}
