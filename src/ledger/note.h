/* note.h -- C2SP signed-note and tlog-checkpoint: the signed head of the ledger as text.
 *
 * A note is text that ends in a newline, a blank line, and signature lines "— <name> <base64>". A
 * checkpoint's text is origin, decimal size and base64 root, one a line.
 */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H

#include "ledger/merkle.h"

enum { NOTE_KEY_ID_SIZE = 4, NOTE_PUBLIC_SIZE = 32, NOTE_SECRET_SIZE = 64 };

/* An Ed25519 key of a log (type 0x01). The name is the log's origin: no spaces, no '+'. */
struct note_key {
	char name[128];
	uint8_t id[NOTE_KEY_ID_SIZE];
	uint8_t public_key[NOTE_PUBLIC_SIZE];
	uint8_t secret_key[NOTE_SECRET_SIZE]; /* zero when only verifying */
	bool has_secret;
};

/* A fresh key. ERR_INVALID for a name that a note cannot carry. */
MUST_CHECK enum err_code note_key_make(const char *name, struct note_key *ret_key, struct err *e);

/* vkey: name+hex8(id)+base64(0x01 || public key). */
void note_key_public_text(const struct note_key *key, struct buf *out);
MUST_CHECK enum err_code note_key_from_public(struct str vkey, struct note_key *ret_key,
					      struct err *e);
/* Secret file's content: one line "PRIVATE+KEY+name+hex8(id)+base64(0x01 || seed)". */
void note_key_secret_text(const struct note_key *key, struct buf *out);
MUST_CHECK enum err_code note_key_from_secret(struct str text, struct note_key *ret_key,
					      struct err *e);
/* Overwrites the secret. */
void note_key_wipe(struct note_key *key);

/* Appends text, blank line and signature line. `text` must end in a newline. */
void note_sign(const struct note_key *key, struct str text, struct buf *out);

/* Splits at the last blank line and checks the key's signature (signed-note.md: unknown keys are
 * ignored, a bad signature of the known key is refused, no signature of it is refused). *ret_text
 * points into `note`. */
MUST_CHECK enum err_code note_open(const struct note_key *key, struct str note,
				   struct str *ret_text, struct err *e);

void checkpoint_text(const char *origin, const struct checkpoint *c, struct buf *out);
MUST_CHECK enum err_code checkpoint_parse(const char *origin, struct str text,
					  struct checkpoint *ret_checkpoint, struct err *e);

#endif
