#include "cli/show.h"

struct feeds {
	struct cli *cli;
	struct ctx *ctx;
	struct grid grid;
	struct json_writer *json; /* or NULL */
	size_t count;
};

static void
feed_take(void *object, const struct posture_feed *f)
{
	struct feeds *fs = object;
	bool old = f->age_days > f->max_age_days;

	fs->count++;
	if (fs->json) {
		jw_object(fs->json);
		jw_key(fs->json, "register");
		jw_text(fs->json, f->register_name);
		jw_key(fs->json, "source");
		jw_text(fs->json, f->source);
		jw_key(fs->json, "delivered_at");
		jw_text(fs->json, f->delivered_at);
		jw_key(fs->json, "fresh");
		jw_bool(fs->json, !old);
		jw_end_object(fs->json);
		return;
	}
	grid_text(&fs->grid, f->register_name);
	grid_text(&fs->grid, f->source);
	grid_text(&fs->grid, str_of(show_day(fs->cli, fs->ctx, f->delivered_at)));
	grid_int(&fs->grid, f->age_days);
	grid_int(&fs->grid, f->max_age_days);
	grid_text(&fs->grid, str_of(old ? "too old" : "fresh"));
}

static enum err_code
feeds_print(struct cli *c, struct ctx *ctx, int64_t organisation, struct json_writer *json)
{
	static const struct grid_column columns[] = {
		{"register", false, false},
		    {"source",   false, true },
		     {"last",     false, false},
		{"days",	 true,  false},
		    {"may be",   true,  false},
		     {"",	  false, false}
	       };
	struct feeds fs = {.cli = c, .ctx = ctx, .json = json};
	enum err_code rc;

	grid_init(&fs.grid, c, columns, COUNT_OF(columns));
	rc = posture_feeds(ctx, organisation, feed_take, &fs);
	if (rc || json)
		return rc;
	if (fs.count == 0) {
		cli_print(c, "\nNo deliveries yet.\n");
	} else {
		cli_print(c, "\nLast deliveries:\n");
		grid_print(&fs.grid);
	}
	return ERR_NONE;
}

static enum err_code
print_json(struct cli *c, struct ctx *ctx, int64_t organisation, const struct posture_list *l)
{
	struct json_writer w;
	enum err_code rc;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "organisation");
	jw_text(&w, l->count ? l->cells[0].organisation_key : (struct str){0});
	jw_key(&w, "cells");
	cells_json(&w, l);
	jw_key(&w, "feeds");
	jw_array(&w);
	rc = feeds_print(c, ctx, organisation, &w);
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
	return rc;
}

/* Those in one state, as a grid under a headline. */
static void
state_print(struct cli *c, const struct ctx *ctx, const struct posture_list *l,
	    enum cell_state state, const char *headline)
{
	struct posture_list part = {l->cells, 0};

	while (part.cells < l->cells + l->count && part.cells->state != state)
		part.cells++;
	while (part.cells + part.count < l->cells + l->count &&
	       part.cells[part.count].state == state)
		part.count++;
	if (part.count == 0)
		return;
	cli_print(c, "\n%s: %zu\n", headline, part.count);
	cells_grid(c, ctx, &part, true, false);
}

static enum err_code
head_print(struct cli *c, struct ctx *ctx, int64_t organisation)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"select o.key, o.name, o.kind, o.state from organisation o where o.id = :id", &s,
		&ctx->err);
	bool row;

	if (rc)
		return rc;
	db_bind_int(s, 1, organisation);
	rc = db_step(s, &row, &ctx->err);
	if (!rc && row)
		cli_print(c, "%.*s (%.*s), %.*s%s%.*s\n", STR_ARG(db_text(s, 1)),
			  STR_ARG(db_text(s, 0)), STR_ARG(db_text(s, 2)),
			  db_is_null(s, 3) ? "" : ", ", STR_ARG(db_text(s, 3)));
	return rc;
}

static enum err_code
run(struct cli *c, struct ctx *ctx, const char *argument)
{
	struct posture_question q = {0};
	struct posture_list list;
	enum err_code rc = organisation_named(ctx, argument, &q.organisation);

	if (!rc)
		rc = posture_cells(ctx, &q, &c->arena, &list);
	if (rc)
		return rc;
	cells_worst_first(&list);
	if (c->json)
		return print_json(c, ctx, q.organisation, &list);
	rc = head_print(c, ctx, q.organisation);
	if (rc)
		return rc;
	if (list.count == 0)
		cli_print(c, "No duty is decided for it yet.\n");
	state_print(c, ctx, &list, CELL_FAILING, "Failing");
	state_print(c, ctx, &list, CELL_UNPROVEN, "Unproven");
	state_print(c, ctx, &list, CELL_WAIVED, "Waived");
	state_print(c, ctx, &list, CELL_PROVEN, "Proven");
	state_print(c, ctx, &list, CELL_QUIET, "Quiet, nothing to answer");
	state_print(c, ctx, &list, CELL_NOT_APPLICABLE, "Not applicable");
	cli_print(c, "\n");
	legend_print(c, &list);
	return feeds_print(c, ctx, q.organisation, NULL);
}

const struct show_topic show_organisation = {
	.name = "organisation",
	.arguments = "NAME",
	.about = "an organisation's duties",
	.needs_argument = true,
	.options = " ",
	.run = run,
};
