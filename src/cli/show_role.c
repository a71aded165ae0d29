#include "cli/show.h"

#include <string.h>

/* One register, for somebody who holds the role. */
struct rights {
	const struct reg *reg;
	unsigned grant;
};

static struct rights
rights_of(const struct ctx *ctx, const struct role *role, size_t i)
{
	const struct reg *r = ctx->model->regs[i];

	return (struct rights){r, model_grant(ctx->model, role, r)};
}

/* Whether the step is one that some may make and others not, and the role may. */
static bool
is_guarded_step(const struct role *role, const struct reg *r, const struct transition *t)
{
	return reg_guards(r, str_of(t->to)) &&
	       (t->who.count == 0 || role_is_among(role, &t->who)) &&
	       !words_have(&t->outside, str_of(role->name));
}

/* "requested to granted", once each, where the register guards them. */
static void
steps_add(const struct role *role, const struct rights *is, struct buf *out)
{
	const struct reg *r = is->reg;

	for (size_t i = 0; (is->grant & GRANT_WRITE) && i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];
		CLEANUP(buf_fini) struct buf step = {.limit = 1024};

		buf_addf(&step, "%s to %s", t->from, t->to);
		if (!step.failed && is_guarded_step(role, r, t) &&
		    (!out->data || !strstr(out->data, step.data)))
			buf_addf(out, "%s%s", out->len ? ", " : "", step.data);
	}
}

static void
role_json(struct cli *c, const struct ctx *ctx, const struct role *role)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "role");
	jw_text(&w, str_of(role->name));
	jw_key(&w, "title");
	jw_text(&w, str_of(role->title));
	jw_key(&w, "sees");
	jw_text(&w, str_of(role->sees_all ? "all" : "own"));
	words_tell(&w, "may", &role->may);
	jw_key(&w, "registers");
	jw_array(&w);
	for (size_t i = 0; i < ctx->model->reg_count; i++) {
		const struct rights is = rights_of(ctx, role, i);
		CLEANUP(buf_fini) struct buf steps = {.limit = SHOW_TEXT};

		if (is.grant == 0)
			continue;
		steps_add(role, &is, &steps);
		jw_object(&w);
		jw_key(&w, "register");
		jw_text(&w, str_of(is.reg->name));
		jw_key(&w, "writes");
		jw_bool(&w, (is.grant & GRANT_WRITE) != 0);
		jw_key(&w, "retires");
		jw_bool(&w, (is.grant & GRANT_RETIRE) != 0);
		jw_key(&w, "decides");
		jw_text(&w, str_of(steps.data ? steps.data : ""));
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
}

static void
role_print(struct cli *c, const struct ctx *ctx, const struct role *role)
{
	static const struct grid_column columns[] = {
		{.title = "register"},
		{		  .title = "may"		       },
		{ .title = "decides",		     .shrink = true},
	};
	CLEANUP(buf_fini) struct buf reads = {.limit = SHOW_TEXT};
	struct grid g;

	cli_print(c, "%s  %s\n\n", role->name, role->title);
	cli_print(c, "Holds in the rows of %s.\n\n",
		  role->sees_all ? "every organisation, when the integrator or the client gave it"
				 : "the organisation that gave it, and of its sub-contractors");
	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < ctx->model->reg_count; i++) {
		const struct rights is = rights_of(ctx, role, i);
		CLEANUP(buf_fini) struct buf steps = {.limit = SHOW_TEXT};

		if (is.grant == GRANT_READ)
			buf_addf(&reads, "%s%s", reads.len ? ", " : "", is.reg->name);
		if ((is.grant & GRANT_WRITE) == 0)
			continue;
		steps_add(role, &is, &steps);
		grid_text(&g, str_of(is.reg->name));
		grid_text(&g, str_of(is.grant & GRANT_RETIRE ? "write, retire" : "write"));
		grid_text(&g, str_of(steps.data ? steps.data : ""));
	}
	if (g.cell_count > 0)
		grid_print(&g);
	else
		cli_print(c, "It writes no register.\n");
	cli_print(c, "\nReads as well: %s.\n", reads.data ? reads.data : "nothing");
}

static enum err_code
run(struct cli *c, struct ctx *ctx, const char *argument)
{
	const struct role *role = model_role(ctx->model, str_of(argument));
	const char *near = model_nearest_role(ctx->model, str_of(argument));

	if (!role)
		return err_set(&ctx->err, ERR_MISSING, "", "the plan has no role '%s'%s%s%s",
			       argument, near ? "; did you mean '" : "", near ? near : "",
			       near ? "'?" : "");
	if (c->json)
		role_json(c, ctx, role);
	else
		role_print(c, ctx, role);
	return ERR_NONE;
}

const struct show_topic show_role = {
	.name = "role",
	.arguments = "NAME",
	.about = "what a role may do",
	.needs_argument = true,
	.options = " ",
	.run = run,
};
