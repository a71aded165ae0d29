/* workspace_priv.h -- what opening and making a workspace share. */
#ifndef RECORD_WORKSPACE_PRIV_H
#define RECORD_WORKSPACE_PRIV_H

#include "record/workspace.h"

struct workspace {
	struct ctx ctx;
	struct arena model_arena;
	struct arena arena;
	struct note_key key;
	const char *where; /* its store, as db_open takes it; NULL for a scratch one */
	int version;	   /* format of the store; 0: it has no tables yet */
};

MUST_CHECK enum err_code workspace_new(struct workspace **ret_ws, struct err *e);
/* The zone of the plan, the ledger with its key: what needs both store and model. */
MUST_CHECK enum err_code workspace_attach(struct workspace *ws, struct err *e);
MUST_CHECK enum err_code workspace_clock_set(struct workspace *ws,
					     const struct workspace_options *o, bool allowed,
					     struct err *e);
/* Asked before anything else of the workspace is read: a newer program may keep all of it in
 * another way. */
MUST_CHECK enum err_code workspace_version_check(struct workspace *ws, struct err *e);
/* ERR_MISSING while a copy is being made to it. */
MUST_CHECK enum err_code workspace_finished_check(struct workspace *ws, struct err *e);
/* A store whose making was interrupted has no tables at all: it is fresh still. */
MUST_CHECK enum err_code workspace_is_fresh(struct workspace *ws, bool *ret_fresh, struct err *e);
MUST_CHECK enum err_code
workspace_rehearsal_check(struct workspace *ws, const struct workspace_options *o, struct err *e);

/* place.c: where the store of a workspace is. ERR_MISSING when the folder is no workspace; then a
 * new one's place is the file in the folder, or what the options say. */
MUST_CHECK enum err_code place_read(const char *home, struct arena *a, const char **ret_where,
				    struct err *e);
/* Refused when the workspace has another place already. */
MUST_CHECK enum err_code place_choose(const struct workspace_options *o, struct arena *a,
				      const char **ret_where, bool *ret_is_new, struct err *e);
MUST_CHECK enum err_code place_write(const struct workspace_options *o, struct arena *a,
				     struct err *e);

/* content.c: the folder content/. */

/* Where it is read from. */
struct model_source content_source(const char *home, struct arena *a);
/* Puts the model's files in its place: an interruption leaves the old or the new one whole. */
MUST_CHECK enum err_code content_save(const char *home, const struct model *m, struct arena *a,
				      struct err *e);

#endif
