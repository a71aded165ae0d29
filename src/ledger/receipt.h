/* receipt.h -- C2SP tlog-proof: that an entry stands in a signed tree, as a text that whoever has
 * the ledger's public key can check without the ledger.
 *
 * "c2sp.org/tlog-proof@v1", perhaps "extra <base64>", "index <number>", a hash of the inclusion
 * proof a line (RFC 6962 section 2.1.1) in base64, an empty line, and the checkpoint's note. The
 * entry itself is not in it: it is kept beside.
 */
#ifndef LEDGER_RECEIPT_H
#define LEDGER_RECEIPT_H

#include "ledger/note.h"

struct receipt {
	uint64_t index;
	struct merkle_proof proof;
	struct str note;  /* of the checkpoint; points into the text that was parsed */
	struct str entry; /* what it is about; no part of the text */
};

void receipt_text(const struct receipt *r, struct buf *out);

/* ERR_INVALID says what is malformed. Extra data proves nothing and is passed over. */
MUST_CHECK enum err_code receipt_parse(struct str text, struct receipt *ret_receipt, struct err *e);

/* That the note is signed with the key, and that the entry stands in the tree that it signs;
 * ERR_FAILED says which of the two does not hold. */
MUST_CHECK enum err_code receipt_check(struct hasher *h, const struct note_key *key,
				       const struct receipt *r, struct checkpoint *ret_tree,
				       struct err *e);

#endif
