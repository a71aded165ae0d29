#include "cli/show.h"

#include "base/text.h"

#include <string.h>

static const struct show_topic *const topics[] = {&show_obligation, &show_organisation,
						  &show_record,	    &show_failures,
						  &show_section,    &show_role};

static const struct show_topic *
topic_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(topics); i++) {
		if (strcmp(topics[i]->name, name) == 0)
			return topics[i];
	}
	return NULL;
}

static enum err_code
topic_unknown(struct cli *c, const char *name)
{
	const char *names[COUNT_OF(topics)];
	const char *near;

	for (size_t i = 0; i < COUNT_OF(topics); i++)
		names[i] = topics[i]->name;
	near = text_nearest(str_of(name), names, COUNT_OF(topics));
	return err_set(&c->err, ERR_USAGE, "", "'%s' is nothing to show%s%s%s", name,
		       near ? "; did you mean '" : "; there are obligation, organisation, record, ",
		       near ? near : "failures, section and role", near ? "'?" : "");
}

/* An option that the topic does not know would be passed over in silence. */
static enum err_code
options_fit(struct cli *c, const char *topic, const char *takes)
{
	for (size_t i = 0; i < COMMAND_OPTIONS && c->command->options[i].name; i++) {
		const char *name = c->command->options[i].name;
		const char *at = strstr(takes, name);

		if (strcmp(name, "as-of") == 0)
			continue;
		if (c->values[i] && (!at || at[-1] != ' ' || at[strlen(name)] != ' '))
			return err_set(&c->err, ERR_USAGE, "", "'--%s' is no option of 'show%s%s'",
				       name, topic[0] ? " " : "", topic);
	}
	return ERR_NONE;
}

void
show_as_of(struct cli *c, const struct ctx *ctx)
{
	const struct plan *p = &ctx->model->plan;

	if (ctx->as_of && !c->json)
		cli_print(c, "As of %s (%s), by the plan of then, %s version %s:\n\n",
			  cli_instant(c, ctx->zone, ctx->as_of), p->time_zone, p->name, p->version);
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	const char *name = c->argument_count ? c->arguments[0] : "";
	const char *argument = c->argument_count > 1 ? c->arguments[1] : NULL;
	const struct show_topic *t = name[0] ? topic_find(name) : NULL;
	DB_TXN txn = {0};
	struct ctx *ctx;
	enum err_code rc;

	if (name[0] && !t)
		return topic_unknown(c, name);
	rc = options_fit(c, name, t ? t->options : " ");
	if (rc)
		return rc;
	if (t && t->needs_argument != (argument != NULL))
		return err_set(&c->err, ERR_USAGE, "", "it is 'show %s%s%s'", t->name,
			       t->arguments[0] ? " " : "", t->arguments);
	rc = cli_open(c, DB_READ, &ws);
	if (rc)
		return rc;
	ctx = workspace_ctx(ws);
	/* All that it prints belongs to one state. */
	rc = db_begin_read(ctx->db, &txn, &ctx->err);
	if (!rc)
		show_as_of(c, ctx);
	if (!rc)
		rc = t ? t->run(c, ctx, argument) : show_posture(c, ctx);
	db_txn_end(&txn);
	return cli_failed(c, ws, rc);
}

const struct command show_command = {
	.name = "show",
	.arguments = "[TOPIC [NAME]]",
	.about = "Answer what is asked: the posture, a duty, an organisation, a record, failures",
	.details =
		"  show                       which organisations fail which duties, the worst "
		"first\n"
		"  show obligation ID         a duty, its state for everybody, and the records "
		"that fail\n"
		"  show organisation NAME     an organisation's duties and the age of its "
		"deliveries\n"
		"  show record ACC-1042       a record, what it fails; with --history all its "
		"versions\n"
		"  show failures              the records that fail now, or since a day\n"
		"  show section NUMBER        a section of the plan with the state of its duties\n"
		"  show role NAME             what whoever holds a role may read, write and "
		"decide\n",
	.max_arguments = 2,
	.prints_json = true,
	.options = {{"history", NULL, "of a record: every version and what changed"},
		    {"since", "DATE", "of failures: those that began on this day or later"},
		    {"organisation", "NAME",
		     "of failures, obligation, section: only of this organisation"},
		    {"obligation", "ID", "of failures: only of this duty"},
		    {"fixed", NULL, "of failures: those put right and those waived too"},
		    {"periods", NULL, "of an obligation: past periods too"},
		    {"sql", NULL, "of an obligation: its scope and check"},
		    CLI_AS_OF},
	.run = run,
};
