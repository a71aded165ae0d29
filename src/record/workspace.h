/* workspace.h -- a folder that holds everything of one installation.
 *
 *   holdfast.db    registers, history, ledger, cells; or else
 *   store          the connection string of the database server that has them, mode 0600
 *   content/       the plan and registers as they were taken in; any change needs `holdfast init`
 * again ledger.key     the ledger's secret key, mode 0600; ledger.pub its public key, for everyone
 */
#ifndef RECORD_WORKSPACE_H
#define RECORD_WORKSPACE_H

#include "access/ctx.h"
#include "base/buf.h"
#include "ledger/note.h"

struct workspace;

struct workspace_options {
	const char *home;
	const char *content; /* folder with registers/ and plans/ */
	const char *plan;    /* the plan's folder */
	bool content_named;  /* somebody chose them; else who joins a store takes its plan */
	const char *store; /* for workspace_init: a connection string, or NULL: a file in `home` */
	const char *rehearse; /* for a rehearsal: its time as text, else NULL */
	bool rehearsal;	      /* a new workspace's clock may be set */
	/* What fills a new workspace: a name in `meta` that is META_BEGUN from its first moment on.
	 */
	const char *filler;
	/* To read the past: an instant, or a date for its end. NULL is the present. */
	const char *as_of;
	/* One within that date, in milliseconds, to go on with what was begun there: what today's
	 * end is moves on. Without `as_of` the instant itself. 0: none. */
	int64_t as_of_kept;
	bool unfinished; /* opens one too that a copy is being made to */
	bool many;	 /* so many questions will be asked of it that it is worth putting aside */
};

struct workspace_report {
	bool created;
	bool joined; /* the store was there; the folder is new to it */
	bool plan_changed;
	bool roles_missing; /* the server does not let this user make them: see db_roles */
	bool upgraded;	    /* the store's own tables were of an older format */
	size_t tables_added;
	size_t columns_added;
	struct buf changes; /* one line each, for people; the caller's */
};

/* Makes a workspace, or takes the changed plan and registers into an existing one: new registers,
 * fields, words and states are added; what was removed or changed its type is refused, and nothing
 * is changed then. Repeatable after any interruption. */
MUST_CHECK enum err_code workspace_init(const struct workspace_options *o, struct diags *diags,
					struct workspace_report *report, struct err *e);

/* With `as_of` all that is read is as it was then, the plan and the clock too, and nothing can be
 * written; ERR_USAGE when it is no time, ERR_INVALID when it is yet to come, ERR_MISSING when the
 * workspace is younger.
 *
 * ERR_MISSING when there is none, ERR_CONFLICT when it is newer than this program or its content
 * folder changed. */
MUST_CHECK enum err_code workspace_open(const struct workspace_options *o, enum db_access access,
					struct workspace **ret_ws, struct err *e);
/* Another connection to the store of one that is open, for a thread of its own. It shares the plan:
 * `of` outlives it. One that only reads does so for others who wait (db_hurry). */
MUST_CHECK enum err_code workspace_another(const struct workspace *of, enum db_access access,
					   struct workspace **ret_ws, struct err *e);
/* The same of the past that `as_of` and `as_of_kept` name, for the one who is served
 * (access/serve.h).
 */
MUST_CHECK enum err_code workspace_past(const struct workspace *of,
					const struct workspace_options *o, const struct who *who,
					struct workspace **ret_ws, struct err *e);
/* An empty one for examples and tests, gone when it is closed: in memory (NULL), or where a
 * connection string says. `model` must outlive it. */
MUST_CHECK enum err_code workspace_scratch(const char *store, const struct model *model,
					   int64_t now_ms, struct workspace **ret_ws,
					   struct err *e);
/* What a workspace's folder needs besides its store: the place of the store, when that is a
server (`store`, else NULL), the ledger's keys and the content. With the secret key only when the
 * workspace has it at hand. */
MUST_CHECK enum err_code workspace_furnish(const struct workspace *ws, const char *home,
					   const char *store, bool secret, struct err *e);
/* Where the store of the workspace in that folder is, as db_open takes it: not to be shown to
 * people, as it may have a password. ERR_MISSING when it is none. */
MUST_CHECK enum err_code workspace_place(const char *home, struct arena *a, const char **ret_where,
					 struct err *e);
/* The path of a file beside its store; NULL where that is no file. */
const char *workspace_beside(const struct workspace *ws, const char *name, struct arena *a);
void workspace_close(struct workspace *ws);
void workspace_closep(struct workspace **ws);
struct ctx *workspace_ctx(struct workspace *ws);
/* The ledger's; without the secret when that is not at hand and the workspace is only read. */
const struct note_key *workspace_key(const struct workspace *ws);

/* Set when the store was opened: a value of the table `meta`, {NULL, 0} when there is none. */
MUST_CHECK enum err_code meta_get(struct db *db, const char *name, struct arena *a,
				  struct str *ret_value, struct err *e);
MUST_CHECK enum err_code meta_set(struct db *db, const char *name, struct str value, struct err *e);

/* The value in `meta` that a store has while a workspace is copied to it: a word of that copying's
 * own. Nobody opens it then. */
#define META_UNFINISHED "unfinished"
/* What a filler of workspace_options says before it is done. */
#define META_BEGUN "begun"

#endif
