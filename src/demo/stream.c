#include "demo/stream.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536, LINE_LIMIT = 1024 * 1024, ROLL_AGAIN = 1800, AGAIN_OF = 60 };

struct stream {
	const struct kind *kind;
	struct scene now;
	struct scene before;
	bool changes_only;
	int64_t next;
	int64_t count;
	struct row row;
	struct row old_row;
	struct buf line;
	struct buf old_line;
	struct buf out;
	size_t taken;
};

static void
put_header(struct stream *s)
{
	for (size_t i = 0; i < s->row.count; i++)
		buf_addf(&s->out, "%s%s", i > 0 ? "," : "", s->kind->columns[i]);
	buf_add(&s->out, "\n", 1);
}

struct stream *
stream_new(const struct kind *kind, const struct scene *now, const struct scene *before)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kind = kind;
	s->now = *now;
	s->changes_only = before != NULL;
	if (before)
		s->before = *before;
	s->count = kind->count(now);
	row_init(&s->row, kind);
	row_init(&s->old_row, kind);
	buf_init(&s->line, LINE_LIMIT);
	buf_init(&s->old_line, LINE_LIMIT);
	buf_init(&s->out, CHUNK + LINE_LIMIT);
	put_header(s);
	return s;
}

void
stream_free(struct stream *s)
{
	if (!s)
		return;
	row_fini(&s->row);
	row_fini(&s->old_row);
	buf_fini(&s->line);
	buf_fini(&s->old_line);
	buf_fini(&s->out);
	free(s);
}

static bool
make_line(const struct kind *kind, const struct scene *v, int64_t index, struct row *row,
	  struct buf *line)
{
	row_clear(row);
	line->len = 0;
	if (index >= kind->count(v) || !kind->make(v, index, row))
		return false;
	row_put(row, line);
	return true;
}

/* Whether the row is as it was delivered before. */
static bool
is_known(struct stream *s, int64_t index)
{
	if (!make_line(s->kind, &s->before, index, &s->old_row, &s->old_line))
		return false;
	return s->line.len == s->old_line.len &&
	       memcmp(s->line.data, s->old_line.data, s->line.len) == 0 &&
	       world_roll(s->now.w, ROLL_AGAIN, index, s->now.abs) % AGAIN_OF != 0;
}

/* Makes the next row that belongs in; false at the end. */
static bool
make_next(struct stream *s)
{
	while (s->next < s->count) {
		int64_t index = s->next++;

		if (!make_line(s->kind, &s->now, index, &s->row, &s->line) ||
		    (s->changes_only && is_known(s, index)))
			continue;
		buf_add(&s->out, s->line.data, s->line.len);
		return true;
	}
	return false;
}

bool
stream_empty(struct stream *s)
{
	return !make_next(s);
}

static enum err_code
stream_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct stream *s = object;
	size_t len;

	if (s->taken == s->out.len) {
		s->taken = 0;
		s->out.len = 0;
		while (s->out.len < CHUNK && make_next(s))
			;
	}
	if (s->out.failed || s->line.failed || s->row.text.failed)
		return err_set(e, ERR_INTERNAL, "", "a made-up row of %s is too long",
			       s->kind->reg);
	len = s->out.len - s->taken < size ? s->out.len - s->taken : size;
	if (len > 0)
		memcpy(bytes, s->out.data + s->taken, len);
	s->taken += len;
	*ret_len = len;
	return ERR_NONE;
}

struct byte_source
stream_source(struct stream *s)
{
	return (struct byte_source){.read = stream_read, .object = s};
}
