/* writer.h -- the only way to change a record: validate, authorise, version, seal, in one
 * transaction.
 *
 * Import, commands, assessment and jobs all pass through it. Begin, any number of puts and events,
 * commit; ending without a commit rolls everything back.
 */
#ifndef RECORD_WRITER_H
#define RECORD_WRITER_H

#include "record/record.h"
#include "record/roll.h"

struct writer;

enum written { WRITTEN_ADDED, WRITTEN_CHANGED, WRITTEN_UNCHANGED };

/* Starts the transaction. The time of all that it writes is taken here, and never lies before the
 * last checkpoint's. */
MUST_CHECK enum err_code writer_begin(struct ctx *ctx, struct writer **ret_writer);
void writer_end(struct writer *w);
void writer_endp(struct writer **w);
#define WRITER CLEANUP(writer_endp) struct writer
/* Seals the ledger and commits. Refused (ERR_INTERNAL) after a step that failed halfway; one that
 * was refused for what it brought (ERR_INVALID, ERR_CONFLICT, ERR_TOO_BIG, ERR_MISSING) has changed
 * nothing, and others may follow it. When the connection is lost while committing it finds out
 * whether the change was kept; ERR_LOST: it was not, or that cannot be known yet. */
MUST_CHECK enum err_code writer_commit(struct writer *w);

/* Statements are kept from one writer to the next. To be called before the store is closed. */
void writer_forget(struct ctx *ctx);

int64_t writer_now(const struct writer *w); /* milliseconds */
/* That it was begun with: its store, and the place of its errors. */
struct ctx *writer_ctx(struct writer *w);

/* What is written from now on is a delivery: it says what a source says now, and not each step on
 * the way there (docs/access.md). */
void writer_takes_delivery(struct writer *w);

/* Whether whom the writer serves (ctx->who) may write the record so, or retire it: ERR_MISSING
 * where he may not know of it, ERR_DENIED, or ERR_INVALID for a step that the register does not
 * have. writer_put and writer_retire ask the same. */
MUST_CHECK enum err_code writer_permits(struct writer *w, const struct record *r);

/* What is written from now on is written by this actor. */
MUST_CHECK enum err_code writer_act_as(struct writer *w, struct str actor);
/* Versions and events written so far. */
int64_t writer_leaves(const struct writer *w);
/* Whether a step failed halfway, so that nothing of this transaction can be kept. */
bool writer_torn(const struct writer *w);

/* After a commit that failed: whether it may have been kept all the same. */
bool writer_unknown(const struct writer *w);

/* Number for a new record of the register. */
MUST_CHECK enum err_code writer_new_id(struct writer *w, const struct reg *r, int64_t *ret_id);

/* Finds the record with that natural key: key, organisation and feed; of an organisation the key
 * alone. *ret_id 0 when there is none. `ret_delivered` may be NULL: the digest of the present
 * version, WRITER_RETIRED when the record is not current. */
enum { WRITER_RETIRED = -1 };
MUST_CHECK enum err_code writer_find(struct writer *w, const struct record *r, int64_t *ret_id,
				     int64_t *ret_delivered);
/* That is asked for soon (roll_expect). */
void writer_expect_key(const struct writer *w, const struct reg *r, struct str key,
		       enum roll_look look);
/* Its present version, as record_load gives it. */
MUST_CHECK enum err_code writer_load(struct writer *w, const struct reg *r, int64_t id,
				     struct arena *a, struct record *ret_record);

/* These records will be loaded or written next: those without lists are read at once, which a
 * server answers in one exchange. Nothing needs it. */
MUST_CHECK enum err_code writer_expect(struct writer *w, const int64_t *ids, size_t count);

/* Writes the record as its next version: r->id says which (of writer_find or writer_new_id);
 * version, time, actor and salt are set here. What equals the present version makes none.
 * References must be resolved. */
MUST_CHECK enum err_code writer_put(struct writer *w, struct record *r, enum written *ret_written);

/* Takes the record out of the current ones: its last version says retired. */
MUST_CHECK enum err_code writer_retire(struct writer *w, const struct reg *r, int64_t id);

/* Something that happened and changed no record: `detail` is canonical JSON. */
MUST_CHECK enum err_code writer_event(struct writer *w, const char *kind, struct str detail);

/* What is wrong with the record by itself: required fields, state of the register's states. */
MUST_CHECK enum err_code record_validate(const struct record *r, struct err *e);

/* The tables beside the registers'. */
extern const struct table kernel_tables[];
extern const size_t kernel_table_count;
/* The format of the store (STORE_VERSION) that brought the table. */
int kernel_table_since(const struct table *t);

#endif
