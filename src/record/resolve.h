/* resolve.h -- references as files give them (keys) to the numbers of records.
 *
 * A key is the target's own key; `register:key` where the field allows several registers (it may be
 * left out when only one has the key); `ORG/key` names the organisation that holds the target. Of
 * several records with the key, the one of the same organisation and feed wins, then of the same
 * organisation, then the only one. A record's name (ACC-1042) is taken too when no key matches.
 */
#ifndef RECORD_RESOLVE_H
#define RECORD_RESOLVE_H

#include "record/record.h"

struct resolver;

/* What a delivery holds but has not written yet: asked before the store. May be NULL. *ret_id 0
 * when it has none. */
struct resolve_pending {
	enum err_code (*find)(void *object, const struct reg *target, struct str organisation,
			      struct str key, int64_t *ret_id);
	void *object;
};

/* Keeps statements and answers; the store must not change under it but through the writer that uses
 * it. resolver_forget drops the answers, when records were retired. */
MUST_CHECK enum err_code resolver_new(struct ctx *ctx, const struct resolve_pending *pending,
				      struct resolver **ret_resolver);
void resolver_free(struct resolver *rs);
void resolver_freep(struct resolver **rs);
void resolver_forget(struct resolver *rs);

/* Turns every VALUE_KEY of the record into VALUE_INT. ERR_INVALID names the field, and says what is
 * missing or ambiguous, with the nearest key where one is near. */
MUST_CHECK enum err_code resolve_record(struct resolver *rs, struct record *r);

#endif
