/* keys.h -- the ledger's keys in a workspace: ledger.key, secret, mode 0600, and ledger.pub, for
 * everyone. */
#ifndef RECORD_KEYS_H
#define RECORD_KEYS_H

#include "ledger/note.h"
#include "store/db.h"

/* Makes a secret key, unless the workspace has one. */
MUST_CHECK enum err_code keys_make(const char *home, struct arena *a, struct err *e);

/* Writes ledger.key. */
MUST_CHECK enum err_code keys_save(const char *home, struct arena *a, const struct note_key *key,
				   struct err *e);

/* Writes ledger.pub out of the secret key where it is missing: when the workspace is made, and
 * again should the making have been interrupted between the two. */
MUST_CHECK enum err_code keys_publish(const char *home, struct arena *a, const struct note_key *key,
				      struct err *e);

/* To read, the public key is enough: then the secret one may be missing, or another user's.
 * ERR_MISSING says what to restore. */
MUST_CHECK enum err_code keys_load(const char *home, enum db_access access, struct arena *a,
				   struct note_key *ret_key, struct err *e);

/* ledger.pub by itself; ERR_MISSING when it is not there. */
MUST_CHECK enum err_code keys_load_public(const char *home, struct arena *a,
					  struct note_key *ret_key, struct err *e);

#endif
