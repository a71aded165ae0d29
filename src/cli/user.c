#include "cli/cli.h"
#include "cli/grid.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "record/login.h"
#include "sys/secret.h"

#include <string.h>

struct action {
	const char *name;
	bool takes_name;
	bool changes;
	enum err_code (*run)(struct cli *c, struct ctx *ctx, struct str name);
};

static enum err_code
failed(struct cli *c, const struct ctx *ctx, enum err_code rc)
{
	if (rc)
		c->err = ctx->err;
	return rc;
}

static enum err_code
add(struct cli *c, struct ctx *ctx, struct str name)
{
	enum err_code rc = failed(c, ctx, login_add(ctx, name, cli_option(c, "person")));

	if (!rc)
		cli_print(c,
			  "Added the login %.*s.\n"
			  "Next: holdfast user password %.*s; without a password it cannot sign "
			  "in.\n",
			  STR_ARG(name), STR_ARG(name));
	return rc;
}

static enum err_code
set_enabled(struct cli *c, struct ctx *ctx, struct str name, bool enabled)
{
	const char *word = enabled ? "enabled" : "disabled";
	bool changed = false;
	enum err_code rc = failed(c, ctx, login_enable(ctx, name, enabled, &changed));

	if (!rc)
		cli_print(c, "The login %.*s is %s%s.\n", STR_ARG(name), word,
			  changed ? "" : " already");
	return rc;
}

static enum err_code
enable(struct cli *c, struct ctx *ctx, struct str name)
{
	return set_enabled(c, ctx, name, true);
}

static enum err_code
disable(struct cli *c, struct ctx *ctx, struct str name)
{
	return set_enabled(c, ctx, name, false);
}

static enum err_code
again(struct cli *c, const struct buf *password)
{
	struct buf second = {.limit = LIMIT_PASSWORD_BYTES + 2};
	enum err_code rc = secret_read("The same once more: ", &second, &c->err);

	if (!rc &&
	    (second.len != password->len || memcmp(second.data, password->data, second.len) != 0))
		rc = err_set(&c->err, ERR_INVALID, "password",
			     "the two are not the same; nothing was changed");
	secret_wipe(&second);
	buf_fini(&second);
	return rc;
}

static enum err_code
password(struct cli *c, struct ctx *ctx, struct str name)
{
	/* Room for what is just too long, which then is refused by name. */
	struct buf text = {.limit = LIMIT_PASSWORD_BYTES + 2};
	struct login login;
	enum err_code rc = failed(c, ctx, login_find(ctx, name, &login));

	if (!rc)
		rc = secret_read("New password: ", &text, &c->err);
	if (!rc && secret_is_typed())
		rc = again(c, &text);
	if (!rc)
		rc = failed(c, ctx,
			    login_set_password(ctx, name, (struct str){text.data, text.len}));
	secret_wipe(&text);
	buf_fini(&text);
	if (!rc)
		cli_print(c, "The login %.*s has a new password%s.\n", STR_ARG(name),
			  login.enabled ? "" : ", but is disabled");
	return rc;
}

static void
list_json(struct cli *c, const struct ctx *ctx, const struct login *logins, size_t count)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "logins");
	jw_array(&w);
	for (size_t i = 0; i < count; i++) {
		char person[RECORD_NAME_SIZE];
		char made[CIVIL_INSTANT_LEN + 1];

		record_name(ctx->model, logins[i].person, person);
		civil_format_instant(logins[i].made_at, made);
		jw_object(&w);
		jw_key(&w, "name");
		jw_text(&w, logins[i].name);
		jw_key(&w, "person");
		jw_text(&w, logins[i].person ? str_of(person) : (struct str){0});
		jw_key(&w, "enabled");
		jw_bool(&w, logins[i].enabled);
		jw_key(&w, "has_password");
		jw_bool(&w, logins[i].has_password);
		jw_key(&w, "made_at");
		jw_text(&w, str_of(made));
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
}

static enum err_code
list(struct cli *c, struct ctx *ctx, struct str name)
{
	static const struct grid_column columns[] = {
		{.title = "Login", .shrink = true},
		{.title = "Person"		  },
		{.title = "State"},
		{.title = "Password"		    },
		{.title = "Made"},
	};
	struct login *logins;
	struct grid g;
	size_t count;
	enum err_code rc = failed(c, ctx, login_list(ctx, &logins, &count));

	(void)name;
	if (rc)
		return rc;
	if (c->json) {
		list_json(c, ctx, logins, count);
		return ERR_NONE;
	}
	if (count == 0) {
		cli_print(c, "There are no logins. Next: holdfast user add NAME\n");
		return ERR_NONE;
	}
	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < count; i++) {
		char person[RECORD_NAME_SIZE];

		record_name(ctx->model, logins[i].person, person);
		grid_text(&g, logins[i].name);
		grid_text(&g, str_of(logins[i].person ? person : "-"));
		grid_text(&g, str_of(logins[i].enabled ? "enabled" : "disabled"));
		grid_text(&g, str_of(logins[i].has_password ? "set" : "none"));
		grid_text(&g, str_of(cli_instant(c, ctx->zone, logins[i].made_at)));
	}
	grid_print(&g);
	return ERR_NONE;
}

static const struct action actions[] = {
	{.name = "add",	.takes_name = true,  .changes = true,  .run = add     },
	{.name = "list",	 .takes_name = false, .changes = false, .run = list	   },
	{.name = "disable",  .takes_name = true,	.changes = true,	 .run = disable },
	{.name = "enable",   .takes_name = true,  .changes = true,	.run = enable  },
	{.name = "password", .takes_name = true,	 .changes = true,  .run = password},
};

/* NULL after saying what there is. */
static const struct action *
action_find(struct cli *c)
{
	const char *names[COUNT_OF(actions)];
	const char *near;

	for (size_t i = 0; i < COUNT_OF(actions); i++) {
		names[i] = actions[i].name;
		if (strcmp(actions[i].name, c->arguments[0]) == 0)
			return &actions[i];
	}
	near = text_nearest(str_of(c->arguments[0]), names, COUNT_OF(names));
	(void)err_set(&c->err, ERR_USAGE, "",
		      "'%.80s' is nothing that can be done with users%s%s%s", c->arguments[0],
		      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return NULL;
}

static enum err_code
line_check(struct cli *c, const struct action *a)
{
	if (a->takes_name && c->argument_count < 2)
		return err_set(&c->err, ERR_USAGE, "", "'user %s' needs the name of a login",
			       a->name);
	if (!a->takes_name && c->argument_count > 1)
		return err_set(&c->err, ERR_USAGE, "", "'user %s' takes no name", a->name);
	if (cli_option(c, "person") && a->run != add)
		return err_set(&c->err, ERR_USAGE, "person", "--person belongs to 'user add'");
	if (c->json && a->run != list)
		return err_set(&c->err, ERR_USAGE, "json", "--json belongs to 'user list'");
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	const struct action *a = action_find(c);
	enum err_code rc = a ? line_check(c, a) : ERR_USAGE;

	if (!rc)
		rc = cli_open(c, a->changes ? DB_WRITE : DB_READ, &ws);
	if (rc || !a)
		return rc;
	return a->run(c, workspace_ctx(ws), str_of(a->takes_name ? c->arguments[1] : ""));
}

const struct command user_command = {
	.name = "user",
	.arguments = "add|list|disable|enable|password [NAME]",
	.about = "Say who may sign in",
	.details =
		"  holdfast user add ann --person PER-12\n"
		"  holdfast user password ann       asks for it, or reads it from standard input\n"
		"  holdfast user disable ann\n"
		"  holdfast user list\n"
		"\n"
		"Each change is an event in the ledger. A login is never deleted, only "
		"disabled. Of a\n"
		"password only what Argon2id makes of it is kept.\n",
	.min_arguments = 1,
	.max_arguments = 2,
	.prints_json = true,
	.options = {{"person", "KEY", "with add: whose login it is, by key or number (PER-12)"}},
	.run = run,
};
