#include "upkeep/user.h"

#include "cli/grid.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "identity/first.h"
#include "identity/login.h"
#include "identity/token.h"
#include "sys/secret.h"

#include <string.h>

struct action {
	const char *name;
	bool takes_name;
	bool changes;
	bool prints_json;
	enum err_code (*run)(struct cli *c, const struct visit *v, struct str name);
};

enum err_code
user_failed(struct cli *c, const struct visit *v, enum err_code rc)
{
	if (rc)
		c->err = v->ctx->err;
	return rc;
}

static enum err_code
add(struct cli *c, const struct visit *v, struct str name)
{
	const char *external = cli_option(c, "external-id");
	const struct login_new n = {.name = name,
				    .person = cli_option(c, "person"),
				    .organisation = cli_option(c, "organisation"),
				    .external_id = external ? str_of(external) : (struct str){0},
				    .administrator = cli_switch(c, "administrator")};
	enum err_code rc = user_failed(c, v, login_add(v, &n));

	if (!rc)
		cli_print(c,
			  "Added the login %.*s.\n"
			  "Next: %s; without a password it cannot sign in.\n",
			  STR_ARG(name), cli_command(c, "user password %s", cli_quoted(c, name)));
	return rc;
}

static enum err_code
set_enabled(struct cli *c, const struct visit *v, struct str name, bool enabled)
{
	const char *word = enabled ? "enabled" : "disabled";
	bool changed = false;
	enum err_code rc = user_failed(c, v, login_enable(v, name, enabled, &changed));

	if (!rc)
		cli_print(c, "The login %.*s is %s%s.\n", STR_ARG(name), word,
			  changed ? "" : " already");
	return rc;
}

static enum err_code
enable(struct cli *c, const struct visit *v, struct str name)
{
	return set_enabled(c, v, name, true);
}

static enum err_code
disable(struct cli *c, const struct visit *v, struct str name)
{
	return set_enabled(c, v, name, false);
}

static enum err_code
set_administrator(struct cli *c, const struct visit *v, struct str name, bool on)
{
	const char *word = on ? "an administrator's" : "no administrator's";
	bool changed = false;
	enum err_code rc = user_failed(c, v, login_promote(v, name, on, &changed));

	if (!rc)
		cli_print(c, "The login %.*s is %s%s.\n", STR_ARG(name), word,
			  changed ? "" : " already");
	return rc;
}

static enum err_code
promote(struct cli *c, const struct visit *v, struct str name)
{
	return set_administrator(c, v, name, true);
}

static enum err_code
demote(struct cli *c, const struct visit *v, struct str name)
{
	return set_administrator(c, v, name, false);
}

static enum err_code
reset_factor(struct cli *c, const struct visit *v, struct str name)
{
	bool changed = false;
	enum err_code rc = user_failed(c, v, login_reset_factor(v, name, &changed));

	if (!rc && changed)
		cli_print(c,
			  "The login %.*s has no second factor any more, and is signed out. It can "
			  "enrol another when it signs in.\n",
			  STR_ARG(name));
	else if (!rc)
		cli_print(c, "The login %.*s has no second factor.\n", STR_ARG(name));
	return rc;
}

static enum err_code
end_sessions(struct cli *c, const struct visit *v, struct str name)
{
	int64_t ended = 0;
	enum err_code rc = user_failed(c, v, login_end_sessions(v, name, &ended));

	if (!rc)
		cli_print(c, "Ended %lld session%s of %.*s.\n", (long long)ended,
			  ended == 1 ? "" : "s", STR_ARG(name));
	return rc;
}

static enum err_code
first_link(struct cli *c, const struct visit *v, struct str name)
{
	char text[SECRET_TEXT_SIZE] = "";
	enum err_code rc = user_failed(c, v, identity_first_link(v, text));

	(void)name;
	if (!rc)
		cli_print(c, "%s\n", text);
	if (!rc)
		cli_note(c,
			 "Whoever has this secret makes the first administrator with it, once, "
			 "within %d hours. In a browser: the server's address, /first# and "
			 "this.\n",
			 LIMIT_FIRST_LINK_SECONDS / 3600);
	return rc;
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
password(struct cli *c, const struct visit *v, struct str name)
{
	/* Room for what is just too long, which then is refused by name. */
	struct buf text = {.limit = LIMIT_PASSWORD_BYTES + 2};
	struct login login;
	enum err_code rc = user_failed(c, v, login_find(v->ctx, name, &login));

	if (!rc)
		rc = secret_read("New password: ", &text, &c->err);
	if (!rc && secret_is_typed())
		rc = again(c, &text);
	if (!rc)
		rc = user_failed(c, v,
				 login_set_password(v, name, (struct str){text.data, text.len}));
	secret_wipe(&text);
	buf_fini(&text);
	if (!rc)
		cli_print(c, "The login %.*s has a new password%s.\n", STR_ARG(name),
			  login.enabled ? "" : ", but is disabled");
	return rc;
}

static void
list_json(struct cli *c, const struct model *m, const struct login *logins, size_t count)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "logins");
	jw_array(&w);
	for (size_t i = 0; i < count; i++) {
		char person[RECORD_NAME_SIZE];
		char organisation[RECORD_NAME_SIZE];
		char made[CIVIL_INSTANT_LEN + 1];

		record_name(m, logins[i].person, person);
		record_name(m, logins[i].organisation, organisation);
		civil_format_instant(logins[i].made_at, made);
		jw_object(&w);
		jw_key(&w, "name");
		jw_text(&w, logins[i].name);
		jw_key(&w, "person");
		jw_text(&w, logins[i].person ? str_of(person) : (struct str){0});
		jw_key(&w, "organisation");
		jw_text(&w, logins[i].organisation ? str_of(organisation) : (struct str){0});
		jw_key(&w, "external_id");
		jw_text(&w, logins[i].external_id);
		jw_key(&w, "administrator");
		jw_bool(&w, logins[i].administrator);
		jw_key(&w, "enabled");
		jw_bool(&w, logins[i].enabled);
		jw_key(&w, "has_password");
		jw_bool(&w, logins[i].has_password);
		jw_key(&w, "second_factor");
		jw_bool(&w, logins[i].second_factor);
		jw_key(&w, "made_at");
		jw_text(&w, str_of(made));
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
}

static enum err_code
list(struct cli *c, const struct visit *v, struct str name)
{
	static const struct grid_column columns[] = {
		{.title = "Login", .shrink = true},
		{.title = "Person"		  },
		{.title = "State"},
		{.title = "Administrator"		 },
		{.title = "Password"},
		{.title = "Second factor"		 },
		{.title = "Made"},
	};
	struct ctx *ctx = v->ctx;
	struct login *logins;
	struct grid g;
	size_t count;
	enum err_code rc = user_failed(c, v, login_list(ctx, &logins, &count));

	(void)name;
	if (rc)
		return rc;
	if (c->json) {
		list_json(c, ctx->model, logins, count);
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
		grid_text(&g, str_of(logins[i].administrator ? "yes" : "-"));
		grid_text(&g, str_of(logins[i].has_password ? "set" : "none"));
		grid_text(&g, str_of(logins[i].second_factor ? "set" : "none"));
		grid_text(&g, str_of(cli_instant(c, ctx->zone, logins[i].made_at)));
	}
	grid_print(&g);
	return ERR_NONE;
}

enum { SCIM_DAYS = 365 };

static enum err_code
scim_token(struct cli *c, const struct visit *v, struct str name)
{
	const char *days = cli_option(c, "days");
	struct token_new n = {.name = str_of("scim"),
			      .login = name,
			      .writes = true,
			      .all_registers = true,
			      .scim = true,
			      .days = SCIM_DAYS};
	struct token_made made;
	enum err_code rc = ERR_NONE;

	if (days && !str_int(str_of(days), &n.days))
		return err_set(&c->err, ERR_USAGE, "days", "--days takes a whole number");
	rc = user_failed(c, v, identity_token_make(v, NULL, &n, &made));
	if (rc)
		return rc;
	cli_print(c, "%s\n", made.text);
	cli_note(c,
		 "The directory sends it as 'Authorization: Bearer ...'; it is shown this once.\n");
	return ERR_NONE;
}

static const struct action actions[] = {
	{.name = "add",	.takes_name = true,	    .changes = true,			     .run = add},
	{.name = "list",			 .prints_json = true,			      .run = list				 },
	{.name = "disable",		    .takes_name = true,				.changes = true,.run = disable},
	{.name = "enable",	   .takes_name = true,			       .changes = true,							.run = enable},
	{.name = "promote",	    .takes_name = true,.changes = true,.run = promote},
	{.name = "demote",.takes_name = true,		       .changes = true,									  .run = demote},
	{.name = "password",     .takes_name = true,		 .changes = true,			  .run = password},
	{.name = "reset-factor",			 .takes_name = true,			     .changes = true,					      .run = reset_factor},
	{.name = "end-sessions",	 .takes_name = true,			     .changes = true,			      .run = end_sessions},
	{.name = "scim-token",     .takes_name = true,.changes = true,.run = scim_token},
	{.name = "link",.takes_name = true,.changes = true,.run = user_link},
	{.name = "links", .takes_name = true, .prints_json = true,						   .run = user_links},
	{.name = "unlink",			   .takes_name = true,			       .changes = true,							.run = user_unlink},
	{.name = "first-link",    .changes = true,				.run = first_link									       },
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

/* Options that mean something to one action alone. */
static const struct {
	const char *option;
	const char *action;
} owned[] = {
	{"person",	   "add"	},
	  {"organisation",  "add"	},
	   {"external-id",   "add"	},
	{"administrator", "add"       },
	  {"days",	   "scim-token"},
	   {"oidc",	    "link"	  },
	{"provider",	     "link"	   },
	  {"subject",	      "link"	    },
	   {"issuer",	      "unlink"    },
};

static enum err_code
line_check(struct cli *c, const struct action *a)
{
	if (a->takes_name && c->argument_count < 2)
		return err_set(&c->err, ERR_USAGE, "", "'user %s' needs the name of a login",
			       a->name);
	if (!a->takes_name && c->argument_count > 1)
		return err_set(&c->err, ERR_USAGE, "", "'user %s' takes no name", a->name);
	for (size_t i = 0; i < COUNT_OF(owned); i++) {
		if (cli_option(c, owned[i].option) && strcmp(owned[i].action, a->name) != 0)
			return err_set(&c->err, ERR_USAGE, owned[i].option,
				       "--%s belongs to 'user %s'", owned[i].option,
				       owned[i].action);
	}
	if (c->json && !a->prints_json)
		return err_set(&c->err, ERR_USAGE, "json",
			       "--json belongs to 'user list' and 'user links'");
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	CLEANUP(identity_freep) struct identity *identity = NULL;
	const struct action *a = action_find(c);
	struct visit v = {0};
	enum err_code rc = a ? line_check(c, a) : ERR_USAGE;

	if (!rc)
		rc = cli_open(c, a->changes ? DB_WRITE : DB_READ, &ws);
	if (!rc)
		rc = identity_new(workspace_key(ws), NULL, &identity, &c->err);
	if (rc || !a)
		return rc;
	v = (struct visit){.ctx = workspace_ctx(ws), .identity = identity};
	return a->run(c, &v, str_of(a->takes_name ? c->arguments[1] : ""));
}

const struct command user_command = {
	.name = "user",
	.arguments = "ACTION [NAME]",
	.about = "Say who may sign in",
	.details =
		"  holdfast user first-link         a secret with which somebody makes the first\n"
		"                                   administrator, while nobody can sign in\n"
		"  holdfast user add ann --person PER-12\n"
		"  holdfast user password ann       asks for it, or reads it from standard input\n"
		"  holdfast user list\n"
		"  holdfast user disable ann        signs it out, too; 'enable' is the way back\n"
		"  holdfast user promote ann        makes it an administrator's; 'demote' the way "
		"back\n"
		"  holdfast user reset-factor ann   for somebody who lost the second factor\n"
		"  holdfast user end-sessions ann\n"
		"  holdfast user link ann --oidc FILE --provider company --subject 7f3a\n"
		"                                   signs in by that account of a provider from "
		"now\n"
		"                                   on; 'links' lists them\n"
		"  holdfast user unlink ann --issuer https://id.example.org\n"
		"  holdfast user scim-token entra   for a directory of people, whose login is "
		"nobody's\n"
		"\n"
		"Each change is an event in the ledger. A login is never deleted, only "
		"disabled. Of a\n"
		"password only what Argon2id makes of it is kept. What somebody may do comes from "
		"the\n"
		"roles that the register 'role_assignment' gives the person.\n",
	.min_arguments = 1,
	.max_arguments = 2,
	.prints_json = true,
	.options = {{"days", "N", "with scim-token: how long it is good, 365 unless said"},
		    {"person", "KEY", "with add: whose login it is, by key or number (PER-12)"},
		    {"organisation", "KEY", "with add: whose it is when it is no person's"},
		    {"external-id", "ID", "with add: its number in another directory"},
		    {"administrator", NULL, "with add: looks after logins"},
		    {"oidc", "FILE", "with link: the providers, as 'serve' has them"},
		    {"provider", "NAME", "with link: which of them"},
		    {"subject", "ID", "with link: what the provider calls the account, for ever"},
		    {"issuer", "URL", "with unlink: of the provider, as 'links' shows it"}},
	.run = run,
};
