/* resolve.h -- references as files give them (keys) to the numbers of records.
 *
 * A key is the target's own key; `register:key` where the field allows several registers (it may be
 * left out when only one has the key); `ORG/key` names the organisation that holds the target, as
 * `register:ORG/key` does. What reads as such a longer form and finds a record is taken so; else
 * the whole text is the key. Of several records with the key, the one of the same organisation and
 * feed wins, then of the same organisation, then the only one. A record's name (ACC-1042) is taken
 * when no key matches. Only current records can be referred to.
 */
#ifndef RECORD_RESOLVE_H
#define RECORD_RESOLVE_H

#include "record/record.h"
#include "record/roll.h"

struct resolver;

/* What a delivery holds but has not written yet. May be NULL. `each` calls resolve_offer for every
 * such record of the register with that key; one that the store has too may be offered again. */
struct resolve_found;
struct resolve_pending {
	enum err_code (*each)(void *object, const struct reg *target, struct str key,
			      struct resolve_found *found);
	void *object;
};
void resolve_offer(struct resolve_found *found, int64_t id, int64_t organisation, struct str feed);

/* Keeps statements and answers. No record may come or go under it but those that are pending;
 * resolver_forget drops the answers, when records were retired or written otherwise. `pending` must
 * outlive it. */
MUST_CHECK enum err_code resolver_new(struct ctx *ctx, const struct resolve_pending *pending,
				      struct resolver **ret_resolver);
void resolver_free(struct resolver *rs);
void resolver_freep(struct resolver **rs);
void resolver_forget(struct resolver *rs);

/* Turns every VALUE_KEY of the record into VALUE_INT; its organisation and feed are looked at, its
 * number need not be set. ERR_INVALID names the field, and says what is missing or ambiguous, with
 * the nearest key where one is near. Of a restricted register's values nothing is said. */
MUST_CHECK enum err_code resolve_record(struct resolver *rs, struct record *r);

/* One key of a field, for a record with that organisation and feed. */
MUST_CHECK enum err_code resolve_key(struct resolver *rs, const struct record *r,
				     const struct field *f, struct str key, int64_t *ret_id);

/* That is asked for soon (roll_expect). */
void resolve_expect(const struct resolver *rs, const struct field *f, struct str key,
		    enum roll_look look);

/* What the key means now; 0 when it means none or several, of which nothing is said. `firm`: as
 * long as that record is current it is the one meant, whichever others come. */
struct resolve_answer {
	int64_t id;
	bool firm;
};
MUST_CHECK enum err_code resolve_now(struct resolver *rs, const struct record *r,
				     const struct field *f, struct str key,
				     struct resolve_answer *ret_answer);

#endif
