#include "cli/show.h"

#include <string.h>

/* Keeps the cells of the section. */
static struct posture_list
of_section(const struct posture_list *all, const char *number)
{
	struct posture_list part = {all->cells, 0};

	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(all->cells[i].obligation->section, number) == 0)
			part.cells[part.count++] = all->cells[i];
	}
	return part;
}

static enum err_code
run(struct cli *c, struct ctx *ctx, const char *argument)
{
	const struct section *s = model_section(ctx->model, str_of(argument));
	const struct plan *p = &ctx->model->plan;
	struct posture_question q = {0};
	struct posture_list list;
	struct json_writer w;
	enum err_code rc;

	if (!s)
		return err_set(&ctx->err, ERR_MISSING, "",
			       "the plan has no section '%s' with obligations; write its number, "
			       "as in 6.5",
			       argument);
	rc = cells_asked(c, ctx, &q, &list);
	if (rc)
		return rc;
	list = of_section(&list, argument);
	if (c->json) {
		cli_json(c, &w);
		cells_json(&w, &list);
		cli_json_end(c);
		return ERR_NONE;
	}
	cli_print(c, "%s  %s\n\n", s->number, s->title);
	for (size_t i = 0; i < p->obligation_count; i++) {
		if (strcmp(p->obligations[i].section, argument) == 0)
			cli_print(c, "%-9s %s\n", p->obligations[i].id, p->obligations[i].duty);
	}
	cli_print(c, "\n");
	if (list.count == 0)
		cli_print(c, "They are not decided yet: holdfast assess.\n");
	else
		cells_grid(c, ctx, &list, true, true);
	return ERR_NONE;
}

const struct show_topic show_section = {
	.name = "section",
	.arguments = "NUMBER",
	.about = "a section of the plan",
	.needs_argument = true,
	.options = " organisation ",
	.run = run,
};
