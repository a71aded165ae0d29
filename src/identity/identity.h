/* identity.h -- what signing in needs of a process, and how it writes.
 *
 * One `struct identity` is shared by all threads of a process. Each request brings a `struct visit`
 * with a context of its own. Everything is written through the one writing path, with an event in
 * the ledger, and read with the request's own connection, which must not be held to organisations
 * (db_see), nor read the past, at that time: the wall hides logins, and who one is, is now.
 *
 * Errors say ERR_DENIED for what is not right, ERR_TOO_OFTEN for who must wait, and never whether a
 * login exists. Times are the context's clock.
 */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include "access/who.h"
#include "ledger/note.h"
#include "record/group.h"

struct identity;

/* Secrets of second factors are sealed under a key made from the workspace's own: a key of another
 * workspace opens none of them. `group` writes for all threads; NULL: each visit writes with its
 * own context. Both must outlive it. */
MUST_CHECK enum err_code identity_new(const struct note_key *key, struct group *group,
				      struct identity **ret_identity, struct err *e);
void identity_free(struct identity *id);
void identity_freep(struct identity **id);

struct visit {
	struct ctx *ctx;
	struct identity *identity;
	struct str address; /* of the client, as text; "" from a shell, which is not limited */
	struct str agent;   /* what the client calls itself, or "" */
};

/* Who comes with that secret of a session or token, as he was looked up when the ledger had
 * *ret_size leaves: he is still when it has no more. False when he must be looked up
 * (identity_session, identity_token). Its store is not asked. */
bool identity_known(const struct visit *v, struct str secret, struct who *ret_who,
		    int64_t *ret_size);

/* A secret as it is given out, once: four letters that say what it is for, then 256 random bits. */
enum { SECRET_TEXT_SIZE = 4 + 2 * 32 + 1 };

#endif
