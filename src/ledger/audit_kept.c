#include "ledger/audit_priv.h"

static const struct ledger_fault kept = {.what = "checkpoint_kept", .index = -1};

/* The root of the first `size` leaves, out of tiles that the audit has compared with each other. */
static enum err_code
root_at(struct ledger_audit *a, uint64_t size, bool *ret_whole, struct hash *ret_root,
	struct err *e)
{
	struct hasher *h = a->by.hasher;
	struct merkle_range whole = {0};

	*ret_whole = true;
	for (unsigned level = TILE_LEVELS; level-- > 0;) {
		uint64_t number = tile_entries(level + 1, size);
		size_t width = tile_width(level, number, size);
		struct merkle_range part = {0};
		const struct tile *tile;
		enum err_code rc = tile_read(&a->tiles, level, number, &tile, e);

		if (rc)
			return rc;
		if (tile->width < width) {
			*ret_whole = false;
			return ERR_NONE;
		}
		for (size_t i = 0; i < width; i++)
			merkle_append(h, &part, &tile->hashes[i]);
		merkle_join(&whole, &part);
	}
	*ret_root = merkle_root(h, &whole);
	return ERR_NONE;
}

enum err_code
ledger_audit_kept(struct ledger_audit *a, struct str note, struct err *e)
{
	const struct note_key *key = a->by.key;
	struct checkpoint earlier;
	struct err fault;
	struct str text;
	struct hash root;
	bool whole;
	enum err_code rc = note_open(key, note, &text, &fault);

	if (!rc)
		rc = checkpoint_parse(key->name, text, &earlier, &fault);
	if (rc) {
		audit_report(a, kept, "the kept checkpoint is none of this ledger: %s",
			     fault.message);
		return ERR_NONE;
	}
	if (earlier.size > a->head.size) {
		audit_report(a, kept,
			     "the kept checkpoint covers %llu leaves, but the ledger has only "
			     "%llu: it was cut back to an earlier state, or an old copy was put in "
			     "its place",
			     (unsigned long long)earlier.size, (unsigned long long)a->head.size);
		return ERR_NONE;
	}
	rc = root_at(a, earlier.size, &whole, &root, e);
	if (rc)
		return rc;
	if (!whole || !hash_eq(&root, &earlier.root))
		audit_report(a, kept,
			     "the ledger does not extend the kept checkpoint: its first %llu "
			     "leaves give another root than the one that was signed then, so its "
			     "past was rewritten",
			     (unsigned long long)earlier.size);
	return ERR_NONE;
}
