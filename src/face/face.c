#include "face/face.h"

#include "base/buf.h"

#include <string.h>
#include <strings.h>

static const char *const codings[FACE_CODINGS] = {[FACE_GZIP] = "gzip", [FACE_BROTLI] = "br"};

static struct str
path_of(const struct http_request *r)
{
	struct str rest = r->target;

	return str_cut(&rest, '?');
}

/* Whether it could only be a file: one of the assets, or a name with a dot at the top, such as what
 * browsers ask for by themselves. Further down dots are parts of numbers, as of section 6.5. */
static bool
is_file(struct str path)
{
	bool top = !memchr(path.ptr + 1, '/', path.len - 1);

	return str_begins(path, "/assets/") || (top && memchr(path.ptr, '.', path.len));
}

static const struct face_file *
find(struct str path)
{
	for (size_t i = 0; i < face_file_count; i++) {
		if (str_is(path, face_files[i].path))
			return &face_files[i];
	}
	return face_file_count > 0 && !is_file(path) ? &face_files[0] : NULL;
}

/* Whether "br;q=0.8" or the like is a coding with a weight above nothing (RFC 9110 section
 * 12.5.3). */
static bool
is_taken(struct str item, const char *coding)
{
	struct str name = str_trim(str_cut(&item, ';'));
	struct str weight = str_trim(item);

	if (name.len != strlen(coding) || strncasecmp(name.ptr, coding, name.len) != 0)
		return false;
	if (!str_begins(weight, "q=") && !str_begins(weight, "Q="))
		return true;
	for (size_t i = 2; i < weight.len; i++) {
		if (weight.ptr[i] >= '1' && weight.ptr[i] <= '9')
			return true;
	}
	return false;
}

/* The smallest of those that the client takes. */
static enum face_coding
coding_choose(const struct face_file *f, struct str accepted)
{
	enum face_coding best = FACE_PLAIN;

	while (accepted.ptr) {
		struct str item = str_cut(&accepted, ',');

		for (int i = FACE_GZIP; i < FACE_CODINGS; i++) {
			if (is_taken(item, codings[i]) && f->bytes[i].len < f->bytes[best].len)
				best = (enum face_coding)i;
		}
	}
	return best;
}

static struct str
tag_of(const struct http_request *r, const struct face_file *f, enum face_coding coding)
{
	CLEANUP(buf_fini) struct buf tag = {.limit = 256};

	buf_addf(&tag, "\"%s%s%s\"", f->tag, coding ? "-" : "", coding ? codings[coding] : "");
	return str_dup(r->arena, (struct str){tag.data, tag.len});
}

enum err_code
face_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	const struct face_file *f = find(path_of(r));
	enum face_coding coding;
	struct str tag;

	if (!f)
		return err_set(e, ERR_MISSING, "", "there is nothing at this path%s",
			       face_file_count > 0 ? ""
						   : "; this program was built without its pages");
	coding = coding_choose(f, http_header(r, "Accept-Encoding"));
	tag = tag_of(r, f, coding);
	http_reply_header(reply, "Vary", str_of("Accept-Encoding"));
	http_reply_header(reply, "Cache-Control",
			  str_of(str_begins(str_of(f->path), "/assets/")
					 ? "public, max-age=31536000, immutable"
					 : "no-cache"));
	if (http_unchanged(r, reply, tag))
		return ERR_NONE;
	if (coding)
		http_reply_header(reply, "Content-Encoding", str_of(codings[coding]));
	reply->type = f->type;
	reply->body = f->bytes[coding];
	return ERR_NONE;
}
