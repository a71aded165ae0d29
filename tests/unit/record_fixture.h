/* record_fixture.h -- an empty store in memory with the shipped registers, and two organisations:
 * `home`, an integrator with the key "home", and `away`, a member with the key "away". */
#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include "record/workspace.h"
#include "record/writer.h"

struct store_fixture {
	struct arena arena;
	const struct model *model;
	struct workspace *ws;
	struct ctx *ctx;
	int64_t home;
	int64_t away;
};

void store_open(struct store_fixture *f);
void store_close(struct store_fixture *f);
#define STORE CLEANUP(store_close) struct store_fixture

const struct reg *store_reg(const struct store_fixture *f, const char *name);
/* An empty record of the register, held by `home`, from the feed "test". */
struct record store_record(struct store_fixture *f, const char *reg, const char *key);
/* Sets a field from text as files give it. */
void store_set(struct store_fixture *f, struct record *r, const char *field, const char *text);
/* Writes it in a transaction of its own; its number, which is new when it has none. */
int64_t store_put(struct store_fixture *f, struct record *r);
void store_retire(struct store_fixture *f, const char *reg, int64_t id);
/* Rows of a table. */
int64_t store_count(struct store_fixture *f, const char *select);

#endif
