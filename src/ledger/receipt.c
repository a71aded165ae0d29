#include "ledger/receipt.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1";

void
receipt_text(const struct receipt *r, struct buf *out)
{
	buf_addf(out, "%s\nindex %llu\n", first_line, (unsigned long long)r->index);
	for (size_t i = 0; i < r->proof.count; i++) {
		base64_encode(out, r->proof.hashes[i].bytes, HASH_SIZE);
		buf_addf(out, "\n");
	}
	buf_addf(out, "\n");
	buf_add(out, r->note.ptr, r->note.len);
}

/* "index 73894", without leading zeros. */
static bool
index_read(struct str line, uint64_t *ret_index)
{
	int64_t number;

	if (!str_is(str_cut(&line, ' '), "index") || line.len == 0 || line.ptr[0] == '-' ||
	    (line.len > 1 && line.ptr[0] == '0') || !str_int(line, &number))
		return false;
	*ret_index = (uint64_t)number;
	return true;
}

enum err_code
receipt_parse(struct str text, struct receipt *ret_receipt, struct err *e)
{
	struct receipt r = {0};
	struct str line = str_cut(&text, '\n');
	struct str word;

	if (!str_is(line, first_line))
		return err_set(e, ERR_INVALID, "",
			       "this is no proof of a ledger: its first line is not '%s'",
			       first_line);
	line = str_cut(&text, '\n');
	word = line;
	if (str_is(str_cut(&word, ' '), "extra"))
		line = str_cut(&text, '\n');
	if (!index_read(line, &r.index))
		return err_set(e, ERR_INVALID, "", "the proof has no line 'index' with a number");
	while (text.ptr && (line = str_cut(&text, '\n')).len > 0) {
		if (r.proof.count == MERKLE_PROOF_MAX)
			return err_set(e, ERR_INVALID, "", "the proof has more than %d hashes",
				       MERKLE_PROOF_MAX);
		if (base64_decode(line, r.proof.hashes[r.proof.count++].bytes, HASH_SIZE) !=
		    HASH_SIZE)
			return err_set(e, ERR_INVALID, "", "hash %zu of the proof is malformed",
				       r.proof.count);
	}
	if (text.len == 0)
		return err_set(e, ERR_INVALID, "", "the proof has no checkpoint");
	r.note = text;
	*ret_receipt = r;
	return ERR_NONE;
}

enum err_code
receipt_check(struct hasher *h, const struct note_key *key, const struct receipt *r,
	      struct checkpoint *ret_tree, struct err *e)
{
	struct checkpoint tree;
	struct hash leaf;
	struct str text;
	enum err_code rc = note_open(key, r->note, &text, e);

	if (!rc)
		rc = checkpoint_parse(key->name, text, &tree, e);
	if (rc) {
		e->code = ERR_FAILED;
		return ERR_FAILED;
	}
	leaf = merkle_leaf(h, r->entry.ptr, r->entry.len);
	if (!merkle_check_inclusion(h, r->index, &leaf, &r->proof, &tree))
		return err_set(e, ERR_FAILED, "",
			       "the entry does not stand at %llu in the tree that was signed: the "
			       "entry or its proof was altered, or they do not belong together",
			       (unsigned long long)r->index);
	*ret_tree = tree;
	return ERR_NONE;
}
