#include "upkeep/user.h"

#include "base/civil.h"
#include "cli/grid.h"
#include "identity/external.h"
#include "oidc/config.h"

static enum err_code
option_take(struct cli *c, const char *name, const char *what, const char **ret_text)
{
	*ret_text = cli_option(c, name);
	return *ret_text ? ERR_NONE
			 : err_set(&c->err, ERR_USAGE, name, "'user %s' needs --%s: %s",
				   c->arguments[0], name, what);
}

/* By the provider's name, so that nobody mistypes an issuer. */
static enum err_code
issuer_find(struct cli *c, struct str *ret_issuer)
{
	const struct oidc_provider *p;
	struct oidc_config config;
	const char *path, *name;
	enum err_code rc =
		option_take(c, "oidc", "the file with the providers that 'serve' has", &path);

	if (!rc)
		rc = option_take(c, "provider", "the name of one of them", &name);
	if (!rc)
		rc = oidc_config_read(path, str_of(""), &c->arena, &config, &c->err);
	if (rc)
		return rc;
	p = oidc_config_find(&config, str_of(name));
	if (!p)
		return err_set(&c->err, ERR_MISSING, "provider",
			       "there is no provider '%.80s' in %s", name, path);
	*ret_issuer = str_of(p->issuer);
	return ERR_NONE;
}

enum err_code
user_link(struct cli *c, const struct visit *v, struct str name)
{
	const char *subject = NULL;
	struct external x = {.email = {0}};
	enum err_code rc = issuer_find(c, &x.issuer);

	if (!rc)
		rc = option_take(c, "subject", "what the provider calls the account, for ever",
				 &subject);
	if (rc)
		return rc;
	x.subject = str_of(subject);
	rc = user_failed(c, v, external_link(v, name, &x));
	if (!rc)
		cli_print(c, "The login %.*s is linked to %s at %.*s.\n", STR_ARG(name), subject,
			  STR_ARG(x.issuer));
	return rc;
}

static void
links_json(struct cli *c, const struct external_link *list, size_t count)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "identities");
	jw_array(&w);
	for (size_t i = 0; i < count; i++) {
		char made[CIVIL_INSTANT_LEN + 1];
		char used[CIVIL_INSTANT_LEN + 1];

		civil_format_instant(list[i].made_at, made);
		civil_format_instant(list[i].used_at, used);
		jw_object(&w);
		jw_key_int(&w, "id", list[i].id);
		jw_key_text(&w, "issuer", list[i].issuer);
		jw_key_text(&w, "subject", list[i].subject);
		jw_key_text(&w, "made_at", str_of(made));
		jw_key_text(&w, "used_at", list[i].used_at ? str_of(used) : (struct str){0});
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
}

enum err_code
user_links(struct cli *c, const struct visit *v, struct str name)
{
	static const struct grid_column columns[] = {
		{.title = "Issuer" },
		{.title = "Subject", .shrink = true},
		{.title = "Made"			},
		{.title = "Used"},
	};
	struct external_link *list = NULL;
	struct grid g;
	size_t count = 0;
	enum err_code rc = user_failed(c, v, external_list(v, name, &list, &count));

	if (rc)
		return rc;
	if (c->json) {
		links_json(c, list, count);
		return ERR_NONE;
	}
	if (count == 0) {
		cli_print(c, "The login %.*s is linked to no account of a provider.\n",
			  STR_ARG(name));
		return ERR_NONE;
	}
	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < count; i++) {
		grid_text(&g, list[i].issuer);
		grid_text(&g, list[i].subject);
		grid_text(&g, str_of(cli_instant(c, v->ctx->zone, list[i].made_at)));
		grid_text(&g, str_of(cli_instant(c, v->ctx->zone, list[i].used_at)));
	}
	grid_print(&g);
	return ERR_NONE;
}

/* By the issuer, of which a login has one link at most: its provider may be gone from the file. */
enum err_code
user_unlink(struct cli *c, const struct visit *v, struct str name)
{
	struct external_link *list = NULL;
	const char *issuer = NULL;
	size_t count = 0;
	int64_t id = 0;
	enum err_code rc = option_take(c, "issuer", "as 'holdfast user links' shows it", &issuer);

	if (!rc)
		rc = user_failed(c, v, external_list(v, name, &list, &count));
	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (str_is(list[i].issuer, issuer))
			id = list[i].id;
	}
	if (!id)
		return err_set(&c->err, ERR_MISSING, "issuer",
			       "the login %.*s has no link to '%.200s'; see: %s", STR_ARG(name),
			       issuer, cli_command(c, "user links %s", cli_quoted(c, name)));
	rc = user_failed(c, v, external_unlink(v, name, id));
	if (!rc)
		cli_print(c,
			  "The login %.*s is linked to that account no more, and is signed out.\n",
			  STR_ARG(name));
	return rc;
}
