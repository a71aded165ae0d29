#include "api/call.h"
#include "base/text.h"

#include <string.h>

/* The row of the route that describes it; NULL when it has none. */
static const struct api_parameter *
parameter_find(const struct api_route *r, struct str name, struct str *ret_type)
{
	for (size_t i = 0; i < API_PARAMETERS && r->parameters[i].name; i++) {
		*ret_type = str_of(r->parameters[i].name);
		if (str_eq(str_cut(ret_type, ' '), name) && r->parameters[i].place == IN_QUERY)
			return &r->parameters[i];
	}
	return NULL;
}

static bool
is_word(struct str words, struct str value)
{
	while (words.ptr) {
		if (str_eq(str_cut(&words, '|'), value))
			return true;
	}
	return false;
}

/* A whole number is looked at where it is taken (call_number). */
static enum err_code
value_check(struct call *c, const struct http_pair *p, struct str type)
{
	const char *name = str_z(c->r->arena, p->name);

	if (str_is(type, "bool") && !is_word(str_of("true|false"), p->value))
		return err_set(&c->ctx.err, ERR_USAGE, name, "'%s' takes true or false", name);
	if (memchr(type.ptr ? type.ptr : "", '|', type.len) && !is_word(type, p->value))
		return err_set(&c->ctx.err, ERR_USAGE, name, "'%s' takes one of %.*s", name,
			       STR_ARG(type));
	return ERR_NONE;
}

static enum err_code
unknown(struct call *c, struct str name)
{
	const char *names[API_PARAMETERS];
	size_t count = 0;
	const char *near;

	for (size_t i = 0; i < API_PARAMETERS && c->route->parameters[i].name; i++) {
		struct str rest = str_of(c->route->parameters[i].name);

		if (c->route->parameters[i].place == IN_QUERY)
			names[count++] = str_z(c->r->arena, str_cut(&rest, ' '));
	}
	near = text_nearest(name, names, count);
	return err_set(&c->ctx.err, ERR_USAGE, "", "there is no parameter '%.60s'%s%s%s",
		       str_z(c->r->arena, name), near ? "; did you mean '" : "", near ? near : "",
		       near ? "'?" : "");
}

enum err_code
call_check_query(struct call *c)
{
	enum err_code rc = ERR_NONE;

	/* Whoever looks whether it lives may add what keeps his proxies from remembering. */
	if (strncmp(c->route->pattern, "/api/", 5) != 0)
		return rc;
	for (size_t i = 0; !rc && i < c->r->query_count; i++) {
		const struct http_pair *p = &c->r->query[i];
		struct str type;

		if (parameter_find(c->route, p->name, &type))
			rc = value_check(c, p, type);
		else if (!c->route->forgiving)
			rc = unknown(c, p->name);
	}
	return rc;
}
