/* schema_fixture.h -- a table with each guard, empty, on the engine of the run. */
#ifndef SCHEMA_FIXTURE_H
#define SCHEMA_FIXTURE_H

#include "engine_fixture.h"
#include "store/schema.h"

extern const struct table append_only; /* log: id, data, note */
extern const struct table growing;     /* tile: the same columns */
extern const struct table versioned;   /* row: id, row_version, name */
extern const struct table history;     /* row_history */
extern const struct table pairs;       /* pair: record, pos, value; no guard */

struct db *schema_open(void);

/* Runs a statement, or sees a guard or constraint refuse it; x'00' in it is bytes on either engine.
 */
void does(struct db *db, const char *sql);
void refuses(struct db *db, const char *sql, const char *words);
/* The one number that a statement gives. */
int64_t schema_number(struct db *db, const char *sql);
/* The word with which the engine refuses a row that is not unique. */
const char *schema_unique(void);

/* After the statements, the check of the table's guards fails and names the event. */
void guard_broken_by(const char *sql, const struct table *t, const char *event);

#endif
