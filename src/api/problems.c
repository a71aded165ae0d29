#include "api/describe_priv.h"

#include <string.h>

static bool
takes_query(const struct api_route *r)
{
	for (size_t i = 0; i < API_PARAMETERS && r->parameters[i].name; i++) {
		if (r->parameters[i].place == IN_QUERY)
			return true;
	}
	return false;
}

static bool
always(const struct api_route *r)
{
	(void)r;
	return true;
}

static bool
has_store(const struct api_route *r)
{
	return r->needs != NEEDS_NOTHING;
}

static bool
asks_who(const struct api_route *r)
{
	return r->needs != NEEDS_NOTHING && r->needs != NEEDS_STORE;
}

static bool
has_values(const struct api_route *r)
{
	return r->takes || r->files || r->keyed || takes_query(r);
}

static bool
has_body(const struct api_route *r)
{
	return r->takes || r->files;
}

static bool
writes(const struct api_route *r)
{
	return r->needs == NEEDS_WRITE || r->needs == NEEDS_ANYBODY;
}

bool
describe_needs_tag(const struct api_route *r)
{
	return r->tagged && !r->scim &&
	       (r->method == HTTP_PATCH || r->method == HTTP_PUT || r->method == HTTP_DELETE);
}

static bool
tires(const struct api_route *r)
{
	return writes(r) || r->takes || r->calendar ||
	       (r->reply && strcmp(r->reply, "events") == 0);
}

/* When a status can come, and the types that problems with it have beside those of base/err.def. */
static const struct refusal {
	int status;
	bool (*of)(const struct api_route *r);
	const char *about;
	const char *types;
} refusals[] = {
	{400, always,	      "The request or a parameter is not well formed.",		"malformed"		   },
	{401, asks_who,		"Nobody is signed in, or not any more.",			 ""			   },
	{403, asks_who,		"Whoever asks may not do this.",				 ""			   },
	{404, always,	      "There is no such thing, or none for whoever asks.",	   ""			     },
	{409, writes,	      "It goes not with what is there.",				 ""			   },
	{411, has_body,		"The body came without its length.",			     "length_required"	      },
	{412, describe_needs_tag, "The record was changed meanwhile: read it again.",	      ""			},
	{413, has_values,	  "The body or the answer is too large.",			  "body_too_large"	  },
	{415, has_body,		"The body is of a type that is not taken.",		    "media_type_not_supported"},
	{422, has_values,	  "A value is wrong; `field` says which.",			   ""			     },
	{428, describe_needs_tag, "Send the record's ETag in If-Match.",			 ""			   },
	{429, tires,
	 "Too often, or too many at one time: wait, as Retry-After says where it is there.",  ""			       },
	{500, always,	      "Something went wrong inside; the server's log says what.", ""			    },
	{503, has_store,		 "Not now: try again later.",				      "too_many_bodies"	       },
	{507, has_store,		 "The server's disk is full.",			       ""			 },
};

static bool
refuses(const struct refusal *f)
{
	for (size_t i = 0; i < api_table_count; i++) {
		if (f->of(&api_table[i]))
			return true;
	}
	return false;
}

/* The types of problems with that status, into an open list if there is one; how many. A command's
 * own failure is none of an answer. */
static size_t
types_write(const struct refusal *f, struct describer *d)
{
	struct str names = str_of(f->types);
	size_t count = 0;

	while (names.len > 0) {
		struct str name = str_cut(&names, ' ');

		count++;
		if (d)
			jw_text(&d->w, str_of(describe_name(d, "urn:holdfast:problem:%.*s",
							    STR_ARG(name))));
	}
	for (enum err_code code = ERR_NONE; code <= ERR_INTERNAL; code++) {
		if (err_http_status(code) != f->status || code == ERR_FAILED)
			continue;
		count++;
		if (d)
			jw_text(&d->w, str_of(describe_name(d, "urn:holdfast:problem:%s",
							    err_name(code))));
	}
	return count;
}

/* What tells a client how to go on. */
static const struct {
	int status;
	const char *name;
	const char *about;
} headers[] = {
	{401, "WWW-Authenticate", "How to say who asks."},
	{429, "Retry-After",	     "Seconds to wait."    },
	{503, "Retry-After",	     "Seconds to wait."    },
};

static void
header_write(struct describer *d, int status)
{
	for (size_t i = 0; i < COUNT_OF(headers); i++) {
		if (headers[i].status != status)
			continue;
		describe_object(d, "headers");
		describe_header(d, headers[i].name, headers[i].about, true);
		jw_end_object(&d->w);
	}
}

static void
problem_write(struct describer *d, const struct refusal *f)
{
	describe_object(d, describe_name(d, "problem_%d", f->status));
	describe_text(d, "description", f->about);
	header_write(d, f->status);
	describe_content(d, "application/problem+json");
	describe_list(d, "allOf");
	describe_word(d, str_of("problem"));
	jw_object(&d->w);
	describe_object(d, "properties");
	describe_object(d, "status");
	jw_key_int(&d->w, "const", f->status);
	jw_end_object(&d->w);
	describe_object(d, "type");
	describe_list(d, "enum");
	(void)types_write(f, d);
	jw_end_array(&d->w);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
	jw_end_array(&d->w);
	describe_content_end(d);
	jw_end_object(&d->w);
}

/* RFC 7644 section 3.12; what HTTP itself refuses is a problem there, too. */
static void
scim_write(struct describer *d)
{
	describe_object(d, "scim_error");
	describe_text(d, "description", "A refusal, as SCIM has it.");
	describe_object(d, "content");
	describe_media(d, "application/scim+json");
	describe_ref(d, "schemas", "scim_error");
	describe_media_end(d);
	describe_media(d, "application/problem+json");
	describe_ref(d, "schemas", "problem");
	describe_media_end(d);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

void
describe_problems(struct describer *d)
{
	describe_object(d, "responses");
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		if (refuses(&refusals[i]) && types_write(&refusals[i], NULL) > 0)
			problem_write(d, &refusals[i]);
	}
	describe_object(d, "problem");
	describe_text(d, "description", "Another refusal, such as of a request that is too long.");
	describe_content(d, "application/problem+json");
	describe_ref(d, "schemas", "problem");
	describe_content_end(d);
	jw_end_object(&d->w);
	scim_write(d);
	jw_end_object(&d->w);
}

static void
problem_ref(struct describer *d, const char *status, const char *name)
{
	describe_object(d, status);
	describe_ref(d, "responses", name);
	jw_end_object(&d->w);
}

static void
scim_refusals(struct describer *d)
{
	static const int statuses[] = {400, 401, 403, 404, 409, 412, 413, 429, 500, 503};

	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		problem_ref(d, describe_name(d, "%d", statuses[i]), "scim_error");
}

void
describe_refusals(struct describer *d, const struct api_route *r)
{
	for (size_t i = 0; !r->scim && i < COUNT_OF(refusals); i++) {
		const struct refusal *f = &refusals[i];

		if (f->of(r) && types_write(f, NULL) > 0)
			problem_ref(d, describe_name(d, "%d", f->status),
				    describe_name(d, "problem_%d", f->status));
	}
	if (r->scim)
		scim_refusals(d);
	problem_ref(d, "default", "problem");
}
