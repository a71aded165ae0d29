/* record.h -- one version of one record, in memory, and its ledger entry. */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "access/ctx.h"
#include "record/value.h"

struct record {
	const struct reg *reg;
	int64_t id;
	int64_t version;
	int64_t organisation;
	struct str feed;
	struct str key;
	struct str state;      /* {NULL, 0} when nobody said it */
	int64_t recorded_from; /* milliseconds */
	int64_t recorded_by;   /* actor */
	int64_t delivered;     /* digest of the delivered row; 0 when it came another way */
	struct str salt;       /* of restricted registers */
	int64_t leaf;	       /* of the ledger */
	bool retired;
	struct value *values; /* reg->field_count; references resolved */
};

/* An empty record of a register, with all its memory in the arena, and its values by name. The
 * field must exist. */
struct record record_blank(const struct reg *r, struct str key, int64_t organisation,
			   struct arena *a);
void record_set_text(struct record *r, const char *field,
		     struct str text); /* {NULL, 0}: no value */
void record_set_int(struct record *r, const char *field, int64_t number);
const struct value *record_get(const struct record *r, const char *field);

/* The entry that the ledger's leaf is the hash of: canonical JSON (RFC 8785) of every column.
 * Fields without a value are left out, so that a field added later changes no entry. Values of a
 * restricted register stand as SHA-256(salt || value), so that a person's data can be erased while
 * the log stays provable. ERR_TOO_BIG past LIMIT_ENTRY_BYTES. */
MUST_CHECK enum err_code record_entry(struct ctx *ctx, const struct record *r, struct str actor,
				      struct buf *out);

/* The entry of an event, which has a number below every record's. `detail` is canonical JSON. */
struct event {
	int64_t id;
	int64_t at; /* milliseconds */
	struct str kind;
	struct str actor;
	struct str detail;
};
void event_entry(const struct event *ev, struct buf *out);

/* Reads records of one register out of a statement made with sql_select() on its table or history.
 */
struct record_reader;

/* Fills `ret_record` from the present row; texts point into the row, so they live until the next
 * step. List fields are read with statements that the reader keeps. */
MUST_CHECK enum err_code record_reader_new(struct ctx *ctx, const struct reg *r, bool history,
					   struct record_reader **ret_reader);
void record_reader_free(struct record_reader *rd);
void record_reader_freep(struct record_reader **rd);
MUST_CHECK enum err_code record_read(struct record_reader *rd, const struct db_stmt *row,
				     struct arena *a, struct record *ret_record);

/* One column of a row; its text points into the row. */
struct value row_value(const struct db_stmt *row, int column);
struct value cell_value(const struct db_cell *c);

/* Makes a record independent of the row that it was read from. */
void record_keep(struct record *r, struct arena *a);
/* One that shares nothing with the other. */
struct record record_copy(const struct record *r, struct arena *a);

/* The present version of a record, or ERR_MISSING; what whom the context serves may not see is
 * missing. That he read a restricted one stands in the ledger. Lives in the arena. */
MUST_CHECK enum err_code record_load(struct ctx *ctx, int64_t id, struct arena *a,
				     struct record *ret_record);

/* The name of the actor with that number (`recorded_by`), in the arena; {NULL, 0} when there is
 * none. */
MUST_CHECK enum err_code record_actor(struct ctx *ctx, int64_t id, struct arena *a,
				      struct str *ret_name, struct err *e);

/* Every version of it, the oldest first, the same way. */
struct versions {
	struct record *rows;
	size_t count;
	size_t cap;
};
MUST_CHECK enum err_code record_versions(struct ctx *ctx, int64_t id, struct arena *a,
					 struct versions *ret_versions);

#endif
