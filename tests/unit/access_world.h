/* access_world.h -- a workspace with the shipped plan, five organisations, and of each register
 * rows of each of them: one without a state, and one where each step of the register begins. */
#ifndef ACCESS_WORLD_H
#define ACCESS_WORLD_H

#include "access/holding.h"
#include "access/who.h"
#include "record/note.h"
#include "record/workspace.h"
#include "record/writer.h"

enum party_of { PARTY_OWN, PARTY_SUB, PARTY_OTHER, PARTY_INTEGRATOR, PARTY_CLIENT, PARTIES };
extern const char *const party_keys[PARTIES];

enum {
	STEP_NONE = -1,	  /* it has no state */
	STEP_OTHER = -2,  /* it is there for something else */
	STEP_SECRET = -3, /* a failure of a restricted record */
};

/* A row that is there. */
struct world_row {
	struct record record; /* as it was written */
	enum party_of of;
	int step; /* that step of the register begins here, or one of these */
};

struct world {
	struct arena arena;
	const char *folder;
	const char *home;
	struct workspace *ws;	 /* that writes */
	struct workspace *reads; /* another connection */
	struct workspace *past;	 /* the moment before anything of the matrix is done */
	struct ctx *ctx;
	int64_t parties[PARTIES];
	int64_t person; /* who is served; named nowhere */
	struct world_row *rows;
	size_t row_count;
	size_t row_cap;
	bool walled; /* the connection that reads is held by the engine too */
	size_t noted;
	/* Whom it serves at present. */
	struct who who;
	struct who_role held[PARTIES];
};

void world_open(struct world *w);
void world_close(struct world *w);
#define WORLD CLEANUP(world_close) struct world

/* From now on the contexts serve somebody who was given the role in that organisation. */
void world_serve(struct world *w, const char *role, enum party_of holder);

/* A new record of the register with what it must have. */
struct record world_record(struct world *w, const struct reg *r, const char *key, enum party_of of);
void world_set_word(struct record *r, const struct field *f, const char *word);

#endif
