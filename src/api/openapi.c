#include "api/caller.h"
#include "api/describe.h"
#include "api/describe_priv.h"
#include "api/routes.h"
#include "base/version.h"

enum {
	DESCRIPTION_LIMIT = 16 * 1024 * 1024,
	SCRATCH = 64 * 1024 * 1024,
	TAG_BYTES = 16,
};

static const struct {
	const char *name;
	const char *about;
} groups[] = {
	{"health",	   "Whether the server is well, and this description."	      },
	{"registers",  "The registers of the plan: fields, states, transitions."     },
	{"records",    "Records of registers, their versions, and changes to them."	},
	{"plan",	 "The plan: sections, roles, obligations."			  },
	{"posture",    "What the last assessment decided."			       },
	{"jobs",	 "Long work: files of records in and out, assessments."	       },
	{"events",	   "A stream of server-sent events."				    },
	{"ledger",	   "Signed heads of the ledger, and proofs of what stands in it."},
	{"signing in", "Proving who one is: password, second factor."		     },
	{"me",	       "Of whoever asks: password, second factor, sessions, tokens." },
	{"users",	  "Logins, for administrators who are signed in."		 },
	{"scim",	 "SCIM 2.0 (RFC 7643, 7644) for directories of people, whose Schemas say what a "
		 "User and a Group have."				 },
};

static void
security_write(struct describer *d)
{
	describe_object(d, "securitySchemes");
	describe_object(d, "token");
	describe_text(d, "type", "http");
	describe_text(d, "scheme", "bearer");
	describe_text(d, "description", "A token, for programs.");
	jw_end_object(&d->w);
	describe_object(d, "session");
	describe_text(d, "type", "apiKey");
	describe_text(d, "in", "cookie");
	describe_text(d, "name", CALLER_COOKIE);
	describe_text(
		d, "description",
		"What signing in gives a browser. Without TLS it is called `" CALLER_PLAIN_COOKIE
		"`.");
	jw_end_object(&d->w);
	describe_object(d, "calendar");
	describe_text(d, "type", "apiKey");
	describe_text(d, "in", "query");
	describe_text(d, "name", "token");
	describe_text(d, "description",
		      "A token that was made for a calendar, in the address that calendar "
		      "programs fetch.");
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static void
info_write(struct describer *d)
{
	describe_object(d, "info");
	describe_text(d, "title", "Holdfast");
	describe_text(d, "version", HOLDFAST_VERSION);
	describe_text(d, "summary", d->model->plan.title);
	describe_text(d, "description",
		      "Registers, plan, posture and ledger of an executable information security "
		      "management plan. Each GET answers HEAD too, and each path OPTIONS. Every "
		      "reply has a header Request-Id, which the log names the request by.");
	describe_object(d, "license");
	describe_text(d, "name", "Apache License 2.0");
	describe_text(d, "identifier", "Apache-2.0");
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static void
head_write(struct describer *d)
{
	describe_text(d, "openapi", "3.1.1");
	info_write(d);
	describe_list(d, "servers");
	jw_object(&d->w);
	describe_text(d, "url", "/");
	jw_end_object(&d->w);
	jw_end_array(&d->w);
	describe_list(d, "security");
	jw_object(&d->w);
	describe_list(d, "token");
	jw_end_array(&d->w);
	jw_end_object(&d->w);
	jw_object(&d->w);
	describe_list(d, "session");
	jw_end_array(&d->w);
	jw_end_object(&d->w);
	jw_end_array(&d->w);
	describe_list(d, "tags");
	for (size_t i = 0; i < COUNT_OF(groups); i++) {
		jw_object(&d->w);
		describe_text(d, "name", groups[i].name);
		describe_text(d, "description", groups[i].about);
		jw_end_object(&d->w);
	}
	jw_end_array(&d->w);
}

static void
document_write(struct describer *d)
{
	jw_object(&d->w);
	head_write(d);
	describe_paths(d);
	describe_object(d, "components");
	security_write(d);
	describe_problems(d);
	describe_object(d, "schemas");
	describe_schemas(d);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

enum err_code
text_tag(struct str text, struct arena *a, struct str *ret_tag, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	CLEANUP(buf_fini) struct buf tag = {.limit = HASH_HEX_LEN};
	char hex[HASH_HEX_LEN + 1];
	struct hash hash;
	enum err_code rc = hasher_new(&h, e);

	if (rc)
		return rc;
	hash = hash_of(h, text.ptr, text.len);
	hash_hex(&hash, hex);
	buf_addf(&tag, "\"%.*s\"", TAG_BYTES, hex);
	*ret_tag = str_dup(a, (struct str){tag.data, tag.len});
	return ERR_NONE;
}

enum err_code
api_describe(const struct model *m, bool pretty, struct arena *a,
	     struct description *ret_description, struct err *e)
{
	struct describer d = {.model = m};
	enum err_code rc = ERR_NONE;

	buf_init(&d.out, DESCRIPTION_LIMIT);
	arena_init(&d.scratch, SCRATCH);
	jw_begin(&d.w, &d.out, pretty);
	document_write(&d);
	if (d.out.failed)
		rc = err_set(e, ERR_TOO_BIG, "", "the plan has too many registers and fields");
	else
		ret_description->text = str_dup(a, (struct str){d.out.data, d.out.len});
	arena_fini(&d.scratch);
	buf_fini(&d.out);
	return rc ? rc : text_tag(ret_description->text, a, &ret_description->tag, e);
}

enum err_code
openapi_show(struct call *c)
{
	const struct description *d = c->service->description;

	call_tell_tagged(c, "application/json", d->text, d->tag);
	return ERR_NONE;
}
