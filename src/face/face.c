#include "face/face.h"

#include "base/buf.h"

#include <string.h>

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

/* The smallest of those that the client takes. */
static enum http_coding
coding_choose(const struct http_request *r, const struct face_file *f)
{
	enum http_coding best = HTTP_IDENTITY;

	for (int i = HTTP_GZIP; i < HTTP_CODINGS; i++) {
		if (f->bytes[i].len < f->bytes[best].len && http_takes(r, (enum http_coding)i))
			best = (enum http_coding)i;
	}
	return best;
}

static struct str
tag_of(const struct http_request *r, const struct face_file *f)
{
	CLEANUP(buf_fini) struct buf tag = {.limit = 256};

	buf_addf(&tag, "\"%s\"", f->tag);
	return str_dup(r->arena, (struct str){tag.data, tag.len});
}

enum err_code
face_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	const struct face_file *f = find(path_of(r));
	enum http_coding coding;

	if (!f)
		return err_set(e, ERR_MISSING, "", "there is nothing at this path%s",
			       face_file_count > 0 ? ""
						   : "; this program was built without its pages");
	http_reply_header(reply, "Vary", str_of("Accept-Encoding"));
	http_reply_header(reply, "Cache-Control",
			  str_of(str_begins(str_of(f->path), "/assets/")
					 ? "public, max-age=31536000, immutable"
					 : "no-cache"));
	if (http_unchanged(r, reply, tag_of(r, f)))
		return ERR_NONE;
	coding = coding_choose(r, f);
	if (coding)
		http_coded(r, reply, coding);
	reply->type = f->type;
	reply->body = f->bytes[coding];
	return ERR_NONE;
}
