/* engine_fixture.h -- where tests keep their stores: in memory, or on the server that
 * HOLDFAST_TEST_STORE names, so that they run on either engine. */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#include "store/db.h"

/* ":memory:" or a connection string. */
const char *engine_store(void);
bool engine_is_server(void);

/* An empty store of its own, gone when it is closed. */
struct db *engine_scratch(void);

/* A place for a store that several connections open: a file in a folder of its own, or the server's
 * store, empty. `where` is what db_open takes. */
struct engine_place {
	char folder[64];
	char where[512];
};
void engine_place_make(struct engine_place *p);
void engine_place_clear(struct engine_place *p);
#define PLACE CLEANUP(engine_place_clear) struct engine_place

/* Empties the server's store, as what a killed test left must not meet the next. */
void engine_clear(void);

/* Takes the guards off a table, as somebody with the database's own shell can. */
void engine_unguard(struct db *db, const char *table);

/* Lets a server know the words of SQLite that statements of tests use: blob and zeroblob. */
void engine_speak_sqlite(struct db *db);

/* Runs statements that must do well, or be refused with that code and words. */
void engine_does(struct db *db, const char *sql);
void engine_refuses(struct db *db, const char *sql, enum err_code code, const char *words);

#endif
