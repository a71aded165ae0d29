#include "api/describe.h"
#include "cli/content.h"

/* The plan of the workspace; else the only one that came with the program. */
static enum err_code
model_take(struct cli *c, struct workspace **ret_ws, const struct model **ret_model)
{
	struct model_source from = {.content = HOLDFAST_CONTENT};
	struct diags diags;
	enum err_code rc;

	if (c->home) {
		rc = cli_open(c, DB_READ, ret_ws);
		if (!rc)
			*ret_model = workspace_ctx(*ret_ws)->model;
		return rc;
	}
	diag_init(&diags, &c->arena);
	rc = content_plan(c, from.content, cli_option(c, "plan"), &from.plan);
	return rc ? rc : model_load(&from, &c->arena, &diags, ret_model, &c->err);
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	const struct model *model = NULL;
	struct description d = {0};
	enum err_code rc = model_take(c, &ws, &model);

	if (!rc)
		rc = api_describe(model, true, &c->arena, &d, &c->err);
	if (!rc)
		cli_print(c, "%.*s\n", STR_ARG(d.text));
	return rc;
}

const struct command openapi_command = {
	.name = "openapi",
	.arguments = "",
	.about = "Write the description of the API (OpenAPI 3.1)",
	.details = "  holdfast openapi --home DIR > openapi.json\n"
		   "  holdfast openapi > openapi.json\n"
		   "\n"
		   "It is what the server gives at /api/v1/openapi.json: each register of the plan "
		   "has its\n"
		   "paths and schemas. Without a workspace it is that of the plan that came with "
		   "the program.\n",
	.needs_no_home = true,
	.options = {{"plan", "NAME", "a plan that came with the program, if there are several"}},
	.run = run,
};
