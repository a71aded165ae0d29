#include "http/route.h"

#include "base/text.h"

#include <string.h>

struct route_node {
	struct str text; /* {NULL, 0}: a name in braces, which takes any text */
	bool rest;	 /* and all that follows; it is the last of its neighbours */
	struct route_node *next;
	struct route_node *children; /* the one in braces is the last */
	const struct http_route *routes[HTTP_METHODS];
};

struct route_tree {
	struct route_node root;
};

static bool
is_name(struct str part)
{
	return part.len > 2 && part.ptr[0] == '{' && part.ptr[part.len - 1] == '}' &&
	       text_is_name((struct str){part.ptr + 1, part.len - 2});
}

/* "{name...}" */
static bool
is_rest(struct str part)
{
	return part.len > 5 && memcmp(part.ptr + part.len - 4, "...}", 4) == 0 &&
	       part.ptr[0] == '{' && text_is_name((struct str){part.ptr + 1, part.len - 5});
}

static bool
is_plain(struct str part)
{
	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && c != '.')
			return false;
	}
	return true;
}

static bool
same_text(struct str a, struct str b)
{
	return !a.ptr == !b.ptr && str_eq(a, b);
}

/* 0 for text, 1 for a name, 2 for one that takes all the rest. */
static int
rank(struct str text, bool rest)
{
	return text.ptr ? 0 : rest ? 2 : 1;
}

static struct route_node *
child(struct route_node *parent, struct str text, bool rest, struct arena *a)
{
	struct route_node **at = &parent->children;
	struct route_node *n;

	while (*at && rank((*at)->text, (*at)->rest) <= rank(text, rest)) {
		if (same_text((*at)->text, text) && (*at)->rest == rest)
			return *at;
		at = &(*at)->next;
	}
	n = arena_alloc(a, sizeof(*n));
	n->text = text;
	n->rest = rest;
	n->next = *at;
	*at = n;
	return n;
}

static const char *
row_fault(const struct http_route *r)
{
	if (!r->pattern || r->pattern[0] != '/' || !r->answer)
		return "it has no pattern that begins with '/', or nothing that answers";
	if (r->method == HTTP_HEAD || r->method == HTTP_OPTIONS || r->method >= HTTP_METHODS)
		return "HEAD and OPTIONS are answered by themselves";
	if (r->body_max > LIMIT_HTTP_BODY_BYTES)
		return "its body is larger than LIMIT_HTTP_BODY_BYTES";
	if ((r->method == HTTP_GET && r->body_max > 0) || (r->types && r->body_max == 0))
		return "GET takes no body, and media types are those of one";
	return NULL;
}

static const char *
row_add(struct route_tree *t, const struct http_route *r, struct arena *a)
{
	const char *fault = row_fault(r);
	struct route_node *n = &t->root;
	struct str rest = str_of(fault ? "" : r->pattern + 1);
	size_t count = 0;

	while (!fault && rest.ptr) {
		struct str part = str_cut(&rest, '/');

		bool all = is_rest(part);

		if (++count > LIMIT_HTTP_SEGMENTS)
			return "it has too many parts";
		if (all && rest.ptr)
			return "nothing can follow what takes all the rest";
		if (is_name(part) || all)
			part = (struct str){0};
		else if (!is_plain(part))
			return "a part is neither plain text nor {a_name}";
		n = child(n, part, all, a);
	}
	if (!fault && n->routes[r->method])
		fault = "another row takes the same";
	if (!fault)
		n->routes[r->method] = r;
	return fault;
}

enum err_code
route_tree_new(const struct http_route *routes, size_t count, struct arena *a,
	       const struct route_tree **ret_tree, struct err *e)
{
	struct route_tree *t = arena_alloc(a, sizeof(*t));

	for (size_t i = 0; i < count; i++) {
		const char *fault = row_add(t, &routes[i], a);

		if (fault)
			return err_set(e, ERR_INVALID, "routes", "route %zu, %s: %s", i,
				       routes[i].pattern ? routes[i].pattern : "without pattern",
				       fault);
	}
	*ret_tree = t;
	return ERR_NONE;
}

static void
leaf_take(const struct route_node *n, enum http_method method, struct route_match *m)
{
	for (int i = 0; i < HTTP_METHODS; i++) {
		if (n->routes[i])
			m->methods |= 1u << i;
	}
	m->route = n->routes[method == HTTP_HEAD ? HTTP_GET : method];
}

/* Text first; a name in braces is tried when nothing below the text fits, so that no row hides
 * another. But what takes all the rest is for what begins with no text of its neighbours: what is
 * not there below them is nowhere. The depth is that of the path, which has a limit. */
static void
walk(const struct route_node *n, enum http_method method, const struct str *parts, size_t count,
     struct route_match *m)
{
	bool known = false; /* that a neighbour is called so */

	if (count == 0) {
		leaf_take(n, method, m);
		return;
	}
	for (const struct route_node *c = n->children; c && !m->route; c = c->next) {
		if (c->text.ptr) {
			if (!str_eq(c->text, parts[0]))
				continue;
			known = true;
			walk(c, method, parts + 1, count - 1, m);
		} else if (c->rest) {
			if (!known)
				leaf_take(c, method, m);
		} else if (parts[0].len > 0) {
			m->parameters[m->parameter_count++] = parts[0];
			walk(c, method, parts + 1, count - 1, m);
			if (!m->route)
				m->parameter_count--;
		}
	}
}

void
route_find(const struct route_tree *t, enum http_method method, const struct str *parts,
	   size_t count, struct route_match *ret_match)
{
	ret_match->route = NULL;
	ret_match->parameter_count = 0;
	ret_match->methods = 0;
	walk(&t->root, method, parts, count, ret_match);
}
