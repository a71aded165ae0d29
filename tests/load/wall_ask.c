/* wall_ask.c -- asks the store as a session that serves one organisation.
 *
 * usage: wall_ask WORKSPACE ORGANISATION SQL...
 *
 * Opens the workspace, serves the organisation with that key (nobody for "-"), and sends each
 * statement as it stands. Prints a line for each row of an answer, its columns parted by '|', and
 * `refused: ` with the reason for what fails; the next is sent all the same.
 */
#include "record/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
demand(enum err_code rc, const struct err *e)
{
	if (!rc)
		return;
	(void)fprintf(stderr, "wall_ask: %s\n", e->message);
	exit(err_exit_status(rc));
}

static int64_t
organisation_find(struct ctx *ctx, const char *key)
{
	DB_STMT *s = NULL;
	bool row = false;

	demand(db_prepare(ctx->db, "select id from organisation where key = :key", &s, &ctx->err),
	       &ctx->err);
	db_bind_text(s, 1, str_of(key));
	demand(db_step(s, &row, &ctx->err), &ctx->err);
	return row ? db_int(s, 0) : 0;
}

static void
ask(struct db *db, const char *sql)
{
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row = false;
	enum err_code rc = db_prepare(db, sql, &s, &e);

	while (!rc && !(rc = db_step(s, &row, &e)) && row) {
		for (int i = 0; i < db_column_count(s); i++)
			(void)printf("%s%.*s", i ? "|" : "", STR_ARG(db_text(s, i)));
		(void)printf("\n");
	}
	if (rc)
		(void)printf("refused: %s\n", e.message);
}

int
main(int argc, char **argv)
{
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	struct workspace *ws = NULL;
	struct ctx *ctx;
	struct err e = {0};
	int64_t organisation = 0;

	if (argc < 4) {
		(void)fprintf(stderr, "usage: wall_ask WORKSPACE ORGANISATION SQL...\n");
		return 2;
	}
	demand(workspace_open(&o, DB_READ, &ws, &e), &e);
	ctx = workspace_ctx(ws);
	if (strcmp(argv[2], "-") != 0)
		organisation = organisation_find(ctx, argv[2]);
	demand(db_see(ctx->db, &organisation, organisation ? 1 : 0, &e), &e);
	for (int i = 3; i < argc; i++)
		ask(ctx->db, argv[i]);
	demand(db_see_all(ctx->db, &e), &e);
	workspace_close(ws);
	return 0;
}
