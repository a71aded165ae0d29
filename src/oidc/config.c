#include "oidc/config.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/bind.h"
#include "oidc/url.h"
#include "sys/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A file while it is read. */
struct reading {
	struct bind bind;
	const char *site;
	struct oidc_provider *providers;
	size_t count;
};

static void
url_demand(const struct reading *r, const struct yaml *at, const char *url, bool plain)
{
	struct err e = {0};

	if (url_check(url, "", &e))
		bind_error(&r->bind, at, "%s", e.message);
	else if (plain && url_has_query(url))
		bind_error(&r->bind, at, "'%.200s' has a query in it", url);
}

/* A secret on a line of its own, in a file that others cannot read. */
static const char *
secret_read(const struct reading *r, const struct yaml *map)
{
	const char *path = bind_text(&r->bind, map, "client_secret_file", "");
	const struct yaml *at = yaml_get(map, "client_secret_file");
	struct err e = {0};
	struct str text;
	struct stat st;

	if (!*path)
		return NULL;
	if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO) != 0) {
		bind_error(&r->bind, at, "others can read '%.200s'; chmod o= takes it", path);
		return NULL;
	}
	if (file_load(path, LIMIT_OIDC_SECRET_BYTES, r->bind.arena, &text, &e)) {
		bind_error(&r->bind, at, "%s", e.message);
		return NULL;
	}
	text = str_trim(str_cut(&text, '\n'));
	if (text.len == 0 || memchr(text.ptr, '\0', text.len) || text_utf8_fault(text) >= 0) {
		bind_error(&r->bind, at, "there is no secret in '%.200s'", path);
		return NULL;
	}
	return str_z(r->bind.arena, text);
}

static const char *
redirect_make(const struct reading *r, const char *name)
{
	size_t size = strlen(r->site) + strlen(name) + sizeof(OIDC_PATH "//callback");
	char *text = arena_alloc(r->bind.arena, size);

	(void)snprintf(text, size, "%s%s/%s/callback", r->site, OIDC_PATH, name);
	return text;
}

static void
factor_read(const struct reading *r, const struct yaml *map, struct oidc_provider *p)
{
	static const char *const names[] = {"acr", "amr"};
	const struct yaml *factor = yaml_get(map, "second_factor");

	if (!factor || !bind_keys(&r->bind, factor, names, COUNT_OF(names)))
		return;
	p->acr = bind_words(&r->bind, factor, "acr");
	p->amr = bind_words(&r->bind, factor, "amr");
}

/* A name stands in paths, and in the ledger. */
static void
name_check(const struct reading *r, const struct yaml *map, const char *name)
{
	if (*name && !text_is_name(str_of(name)))
		bind_error(&r->bind, yaml_get(map, "name"),
			   "'%.80s' is no name: letters a to z, digits and _, a letter first",
			   name);
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->providers[i].name, name) == 0)
			bind_error(&r->bind, yaml_get(map, "name"),
				   "there is a provider '%.80s' already", name);
	}
}

/* What is linked is kept by issuer, so that two with the same one would let the users of one in as
 * those of the other. */
static void
issuer_check(const struct reading *r, const struct yaml *map, const char *issuer)
{
	const struct yaml *at = yaml_get(map, "issuer");

	url_demand(r, at, issuer, true);
	if (strlen(issuer) > LIMIT_ISSUER_BYTES)
		bind_error(&r->bind, at, "an issuer has at most %d bytes", LIMIT_ISSUER_BYTES);
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->providers[i].issuer, issuer) == 0)
			bind_error(&r->bind, at, "there is a provider with this issuer already");
	}
}

static void
provider_read(struct reading *r, const struct yaml *map)
{
	static const char *const names[] = {
		"name",	   "label", "issuer",  "client_id",	"client_secret_file",
		"ca_file", "scope", "subject", "link_by_email", "second_factor"};
	const struct bind *b = &r->bind;
	struct oidc_provider p = {0};
	const char *ca;

	if (!bind_keys(b, map, names, COUNT_OF(names)))
		return;
	p.name = bind_text(b, map, "name", NULL);
	p.label = bind_text(b, map, "label", p.name);
	p.issuer = bind_text(b, map, "issuer", NULL);
	p.client = bind_text(b, map, "client_id", NULL);
	p.secret = secret_read(r, map);
	ca = bind_text(b, map, "ca_file", "");
	p.ca_file = *ca ? ca : NULL;
	p.links_by_email = bind_bool(b, map, "link_by_email");
	p.scope = bind_text(b, map, "scope", p.links_by_email ? "openid email" : "openid");
	p.subject = bind_text(b, map, "subject", "sub");
	p.redirect = redirect_make(r, p.name);
	factor_read(r, map, &p);
	name_check(r, map, p.name);
	if (*p.issuer)
		issuer_check(r, map, p.issuer);
	if (p.ca_file && !file_exists(p.ca_file))
		bind_error(b, yaml_get(map, "ca_file"), "there is no file '%.200s'", p.ca_file);
	r->providers[r->count++] = p;
}

static void
top_read(struct reading *r, const struct yaml *top)
{
	static const char *const names[] = {"providers"};
	const struct yaml *list;

	if (!bind_keys(&r->bind, top, names, COUNT_OF(names)))
		return;
	list = bind_list(&r->bind, top, "providers", true);
	if (!list)
		return;
	if (list->count > LIMIT_OIDC_PROVIDERS) {
		bind_error(&r->bind, list, "there are at most %d providers", LIMIT_OIDC_PROVIDERS);
		return;
	}
	r->providers = arena_alloc(r->bind.arena, (list->count + 1) * sizeof(*r->providers));
	for (const struct yaml *v = list->first; v; v = v->next)
		provider_read(r, v);
}

enum err_code
oidc_config_read(const char *path, struct str site, struct arena *a, struct oidc_config *ret_config,
		 struct err *e)
{
	struct diags found;
	struct reading r = {
		.bind = {.arena = a, .diags = &found},
		       .site = str_z(a, site)
	     };
	const struct yaml *top;
	struct str text;
	enum err_code rc;

	diag_init(&found, a);
	top = bind_file(&r.bind, path, &text);
	if (top)
		top_read(&r, top);
	rc = diag_err(&found, e);
	if (!rc)
		*ret_config = (struct oidc_config){.providers = r.providers, .count = r.count};
	return rc;
}

const struct oidc_provider *
oidc_config_find(const struct oidc_config *config, struct str name)
{
	for (size_t i = 0; i < config->count; i++) {
		if (str_is(name, config->providers[i].name))
			return &config->providers[i];
	}
	return NULL;
}
