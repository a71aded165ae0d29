#include "api/describe_priv.h"
#include "api/routes.h"

#include <string.h>

/* One path and method of the description: a row of the table, or what it is for one register. */
struct operation {
	const struct api_route *route;
	const struct reg *reg; /* NULL: of all */
};

static const char *
operation_name(struct describer *d, const struct operation *o)
{
	return o->reg ? describe_name(d, "%s_%s", o->route->name, o->reg->name) : o->route->name;
}

static void
register_names(struct describer *d)
{
	describe_type(d, "string", false);
	describe_list(d, "enum");
	for (size_t i = 0; i < d->model->reg_count; i++)
		jw_text(&d->w, str_of(d->model->regs[i]->name));
	jw_end_array(&d->w);
}

static void
parameter_write(struct describer *d, const struct api_parameter *p)
{
	struct str type = str_of(p->name);
	struct str name = str_cut(&type, ' ');

	jw_object(&d->w);
	describe_text(d, "name", str_z(&d->scratch, name));
	describe_text(d, "in", p->place == IN_PATH ? "path" : "query");
	describe_text(d, "description", p->about);
	jw_key_bool(&d->w, "required", p->place == IN_PATH);
	jw_key(&d->w, "schema");
	if (str_is(name, "register")) {
		jw_object(&d->w);
		register_names(d);
		jw_end_object(&d->w);
	} else {
		describe_word(d, type.ptr ? type : str_of("text"));
	}
	jw_end_object(&d->w);
}

/* The tag of what is read, or is to be changed. */
static void
tag_parameter(struct describer *d, const struct api_route *r)
{
	bool change = describe_needs_tag(r);

	if (!change && !(r->tagged && r->method == HTTP_GET))
		return;
	jw_object(&d->w);
	describe_text(d, "name", change ? "If-Match" : "If-None-Match");
	describe_text(d, "in", "header");
	describe_text(d, "description",
		      change ? "the ETag of the version that is changed"
			     : "an ETag that was given before: without a change, there is no body");
	jw_key_bool(&d->w, "required", change);
	jw_key(&d->w, "schema");
	describe_word(d, str_of("text"));
	jw_end_object(&d->w);
}

static void
key_parameter(struct describer *d, const struct api_route *r)
{
	if (!r->keyed)
		return;
	jw_object(&d->w);
	describe_text(d, "name", "Idempotency-Key");
	describe_text(d, "in", "header");
	describe_text(
		d, "description",
		"a text of one's own, new for each request, so that asking again within a day "
		"gives the same answer and changes nothing more");
	jw_key_bool(&d->w, "required", false);
	jw_key(&d->w, "schema");
	jw_object(&d->w);
	describe_type(d, "string", false);
	jw_key_int(&d->w, "maxLength", LIMIT_IDEMPOTENCY_KEY_BYTES);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static void
parameters_write(struct describer *d, const struct operation *o)
{
	const struct api_route *r = o->route;

	describe_list(d, "parameters");
	for (size_t i = 0; i < API_PARAMETERS && r->parameters[i].name; i++) {
		if (!o->reg || strcmp(r->parameters[i].name, "register") != 0)
			parameter_write(d, &r->parameters[i]);
	}
	tag_parameter(d, r);
	key_parameter(d, r);
	jw_end_array(&d->w);
}

static void
body_schema(struct describer *d, const struct operation *o)
{
	const char *schema = o->route->takes;

	if (!schema) {
		describe_type(d, "string", false);
	} else if (strcmp(schema, "object") == 0) {
		describe_type(d, "object", false);
	} else if (!o->reg) {
		describe_ref(d, "schemas", schema);
	} else {
		describe_ref(d, "schemas", describe_name(d, "%s_%s", schema, o->reg->name));
		describe_required(d, o->reg);
	}
}

static void
body_write(struct describer *d, const struct operation *o)
{
	struct str types = str_of(api_types(o->route));

	if (!o->route->takes && !o->route->files)
		return;
	describe_object(d, "requestBody");
	jw_key_bool(&d->w, "required", true);
	describe_object(d, "content");
	while (types.ptr) {
		describe_media(d, str_z(&d->scratch, str_cut(&types, ' ')));
		body_schema(d, o);
		describe_media_end(d);
	}
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static bool
tells_past(const struct api_route *r)
{
	bool past = false;

	for (size_t i = 0; i < API_PARAMETERS && r->parameters[i].name; i++)
		past = past || strcmp(r->parameters[i].name, "as_of") == 0;
	return past;
}

static void
headers_write(struct describer *d, const struct api_route *r)
{
	bool job = r->method == HTTP_POST && api_success(r) == 202;

	if (api_success(r) == 303) {
		describe_object(d, "headers");
		describe_header(d, "Location", "Where to go from here.", true);
		jw_end_object(&d->w);
	}
	if ((!r->tagged && !job) || !r->reply)
		return;
	describe_object(d, "headers");
	if (tells_past(r))
		describe_header(d, "ETag", "Names this version; not where the past is told.",
				false);
	else if (r->tagged)
		describe_header(d, "ETag", "Names this version.", true);
	if (job || api_success(r) == 201)
		describe_header(d, "Location", "The path of what was made.", true);
	jw_end_object(&d->w);
}

/* The media type of what is no JSON; NULL for what is. */
static const char *
text_type(const char *reply)
{
	static const char *const types[][2] = {
		{"text",	 "text/plain"	     },
		{"events",	   "text/event-stream"},
		{"icalendar", "text/calendar"    }
	      };

	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (strcmp(reply, types[i][0]) == 0)
			return types[i][1];
	}
	return NULL;
}

static void
files_write(struct describer *d)
{
	static const char *const types[] = {"text/csv", "application/jsonl"};

	describe_object(d, "content");
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		describe_media(d, types[i]);
		describe_type(d, "string", false);
		describe_media_end(d);
	}
	jw_end_object(&d->w);
}

static void
reply_write(struct describer *d, const struct operation *o)
{
	const char *reply = o->route->reply;

	/* What is always refused has no other answer. */
	if (api_success(o->route) >= 400)
		return;
	describe_object(d, describe_name(d, "%d", api_success(o->route)));
	describe_text(d, "description", http_status_title(api_success(o->route)));
	headers_write(d, o->route);
	if (reply && text_type(reply)) {
		describe_content(d, text_type(reply));
		describe_type(d, "string", false);
		describe_content_end(d);
	} else if (reply && strcmp(reply, "file") == 0) {
		files_write(d);
	} else if (reply && strcmp(reply, "object") == 0) {
		describe_content(d, o->route->scim ? "application/scim+json" : "application/json");
		describe_type(d, "object", false);
		describe_content_end(d);
	} else if (reply) {
		describe_content(d, "application/json");
		describe_ref(d, "schemas",
			     o->reg ? describe_name(d, "%s_%s", reply, o->reg->name) : reply);
		describe_content_end(d);
	}
	jw_end_object(&d->w);
}

static void
responses_write(struct describer *d, const struct operation *o)
{
	describe_object(d, "responses");
	reply_write(d, o);
	if (o->route->tagged && o->route->method == HTTP_GET) {
		describe_object(d, "304");
		describe_text(d, "description", http_status_title(304));
		jw_end_object(&d->w);
	}
	describe_refusals(d, o->route);
	jw_end_object(&d->w);
}

static const char *
method_word(enum http_method method)
{
	static const char *const words[HTTP_METHODS] = {
		[HTTP_GET] = "get",	    [HTTP_HEAD] = "head",   [HTTP_POST] = "post",
		[HTTP_PUT] = "put",	    [HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete",
		[HTTP_OPTIONS] = "options",
	};

	return words[method];
}

/* Where it is not that of all (openapi.c). */
static void
security_write(struct describer *d, const struct api_route *r)
{
	static const char *const ways[] = {"calendar", "token", "session"};

	if (route_is_for_known(r) && !r->calendar)
		return;
	describe_list(d, "security");
	for (size_t i = 0; r->calendar && i < COUNT_OF(ways); i++) {
		jw_object(&d->w);
		describe_list(d, ways[i]);
		jw_end_array(&d->w);
		jw_end_object(&d->w);
	}
	jw_end_array(&d->w);
}

static void
operation_write(struct describer *d, const struct operation *o)
{
	const struct api_route *r = o->route;

	describe_object(d, method_word(r->method));
	describe_text(d, "operationId", operation_name(d, o));
	describe_text(d, "summary",
		      o->reg ? describe_name(d, "%s (%s)", r->about, o->reg->title) : r->about);
	describe_list(d, "tags");
	jw_text(&d->w, str_of(r->group));
	jw_end_array(&d->w);
	security_write(d, r);
	parameters_write(d, o);
	body_write(d, o);
	responses_write(d, o);
	jw_end_object(&d->w);
}

/* Whether each register has it for itself. */
static bool
is_by_register(const struct api_route *r)
{
	return strstr(r->pattern, "{register}") && ((r->reply && strcmp(r->reply, "page") == 0) ||
						    (r->takes && strcmp(r->takes, "values") == 0));
}

/* The pattern with the register's name in it. */
static const char *
path_of(struct describer *d, const struct operation *o)
{
	const char *pattern = o->route->pattern;
	const char *at = strstr(pattern, "{register}");

	if (!o->reg || !at)
		return pattern;
	return describe_name(d, "%.*s%s%s", (int)(at - pattern), pattern, o->reg->name,
			     at + sizeof("{register}") - 1);
}

/* All methods of one path, which are rows of the table that need not follow one another. */
static void
path_write(struct describer *d, size_t first, const struct reg *reg)
{
	const char *pattern = api_table[first].pattern;

	describe_object(d, path_of(d, &(struct operation){&api_table[first], reg}));
	for (size_t i = first; i < api_table_count; i++) {
		const struct operation o = {&api_table[i], reg};

		if (strcmp(o.route->pattern, pattern) == 0 &&
		    !(reg && reg->kernel && o.route->takes))
			operation_write(d, &o);
	}
	jw_end_object(&d->w);
}

static bool
is_first(size_t row)
{
	for (size_t i = 0; i < row; i++) {
		if (strcmp(api_table[i].pattern, api_table[row].pattern) == 0)
			return false;
	}
	return true;
}

void
describe_paths(struct describer *d)
{
	describe_object(d, "paths");
	for (size_t i = 0; i < api_table_count; i++) {
		if (!api_table[i].group || !is_first(i))
			continue;
		if (!is_by_register(&api_table[i])) {
			path_write(d, i, NULL);
			continue;
		}
		for (size_t n = 0; n < d->model->reg_count; n++)
			path_write(d, i, d->model->regs[n]);
	}
	jw_end_object(&d->w);
}
