#include "sys/spool.h"

#include "base/buf.h"
#include "sys/scratch.h"

#include <stdlib.h>
#include <string.h>

enum { READ_BYTES = 65536, ENTRIES_LEAST = 1024 };

/* Before each row's bytes, in memory and in the file. */
struct head {
	uint32_t key_len;
	uint32_t len;
};

/* A row in memory; a piece of its key as a number decides most comparisons. */
struct entry {
	uint64_t prefix;
	size_t offset;
};

/* A piece of the file, written at once and read in order. */
struct run {
	int64_t from;
	int64_t to;
	int64_t next; /* of the bytes not read yet */
	char *bytes;
	size_t cap;
	size_t at; /* of the row in hand within bytes */
	size_t end;
	struct head head; /* of the row in hand */
};

struct spool {
	size_t memory;
	bool sorted;
	bool ended;
	struct scratch *file; /* NULL before the first run */
	struct buf rows;      /* in memory, of bytes and no text */
	struct entry *entries;
	size_t count;
	size_t cap;
	struct run *runs;
	size_t run_count;
	size_t next_entry; /* without runs, the next row in memory */
	size_t *heap;	   /* runs that have rows left, the one with the least row first */
	size_t heap_count;
	bool advance; /* the run on top of the heap still stands at the row given last */
};

enum err_code
spool_new(size_t memory, bool sorted, struct spool **ret_spool, struct err *e)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, ERR_INTERNAL, "", "no memory to put rows aside");
	s->memory = memory;
	/* A text's end is added to what is in it. */
	buf_init(&s->rows, memory + 1);
	s->sorted = sorted;
	*ret_spool = s;
	return ERR_NONE;
}

void
spool_free(struct spool *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->run_count; i++)
		free(s->runs[i].bytes);
	scratch_free(s->file);
	free(s->runs);
	free(s->heap);
	free(s->entries);
	buf_fini(&s->rows);
	free(s);
}

void
spool_freep(struct spool **s)
{
	spool_free(*s);
}

static struct spool_row
row_at(const char *bytes)
{
	struct head head;

	memcpy(&head, bytes, sizeof(head));
	bytes += sizeof(head);
	return (struct spool_row){
		{bytes,		head.key_len},
		       {bytes + head.key_len, head.len    }
	       };
}

static int
entry_order(const void *a, const void *b, void *data)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	order = str_cmp(row_at((char *)data + x->offset).key, row_at((char *)data + y->offset).key);
	return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

/* Bytes that all keys begin with alike say nothing of their order: the prefix starts behind them.
 */
static void
prefixes_set(struct spool *s)
{
	struct str first = row_at(s->rows.data + s->entries[0].offset).key;
	size_t common = first.len;

	for (size_t i = 1; i < s->count; i++) {
		struct str key = row_at(s->rows.data + s->entries[i].offset).key;
		size_t most = key.len < common ? key.len : common;

		for (common = 0; common < most && key.ptr[common] == first.ptr[common];)
			common++;
	}
	for (size_t i = 0; i < s->count; i++) {
		struct str key = row_at(s->rows.data + s->entries[i].offset).key;
		uint64_t prefix = 0;

		for (size_t k = common; k < common + sizeof(prefix); k++)
			prefix = prefix << 8 | (k < key.len ? (unsigned char)key.ptr[k] : 0);
		s->entries[i].prefix = prefix;
	}
}

static void
memory_sort(struct spool *s)
{
	if (!s->sorted || s->count < 2)
		return;
	prefixes_set(s);
	qsort_r(s->entries, s->count, sizeof(*s->entries), entry_order, s->rows.data);
}

/* The rows in order, gathered to large writes. */
static enum err_code
rows_write(struct spool *s, struct err *e)
{
	char *out = malloc(READ_BYTES);
	size_t len = 0;
	enum err_code rc = ERR_NONE;

	if (!out)
		return err_set(e, ERR_INTERNAL, "", "no memory to put rows aside");
	for (size_t i = 0; !rc && i < s->count; i++) {
		const char *bytes = s->rows.data + s->entries[i].offset;
		struct spool_row row = row_at(bytes);
		size_t size = sizeof(struct head) + row.key.len + row.bytes.len;

		if (len + size > READ_BYTES) {
			rc = scratch_add(s->file, (struct str){out, len}, e);
			len = 0;
		}
		if (size > READ_BYTES) {
			rc = rc ? rc : scratch_add(s->file, (struct str){bytes, size}, e);
		} else {
			memcpy(out + len, bytes, size);
			len += size;
		}
	}
	if (!rc)
		rc = scratch_add(s->file, (struct str){out, len}, e);
	free(out);
	return rc;
}

static enum err_code
run_write(struct spool *s, struct err *e)
{
	struct run *more = realloc(s->runs, (s->run_count + 1) * sizeof(*more));
	enum err_code rc;

	if (!more)
		return err_set(e, ERR_INTERNAL, "", "no memory to put rows aside");
	s->runs = more;
	rc = s->file ? ERR_NONE : scratch_new(&s->file, e);
	if (rc)
		return rc;
	memory_sort(s);
	s->runs[s->run_count] = (struct run){.from = scratch_length(s->file)};
	rc = rows_write(s, e);
	s->runs[s->run_count].to = scratch_length(s->file);
	s->run_count++;
	s->count = 0;
	s->rows.len = 0;
	return rc;
}

static bool
entry_add(struct spool *s, size_t offset)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : (size_t)ENTRIES_LEAST;
		struct entry *more = realloc(s->entries, cap * sizeof(*more));

		if (!more)
			return false;
		s->entries = more;
		s->cap = cap;
	}
	s->entries[s->count++] = (struct entry){.offset = offset};
	return true;
}

enum err_code
spool_add(struct spool *s, const struct spool_row *row, struct err *e)
{
	struct head head = {(uint32_t)row->key.len, (uint32_t)row->bytes.len};
	size_t size = sizeof(head) + row->key.len + row->bytes.len;
	enum err_code rc = ERR_NONE;
	size_t offset;

	if (s->ended || size > s->memory / 4)
		return err_set(e, ERR_INTERNAL, "", "a row is too long to be put aside");
	/* The index of short rows takes memory too. */
	if (s->rows.len + size + (s->count + 1) * sizeof(struct entry) > s->memory)
		rc = run_write(s, e);
	if (rc)
		return rc;
	offset = s->rows.len;
	buf_add(&s->rows, (const char *)&head, sizeof(head));
	buf_add(&s->rows, row->key.ptr, row->key.len);
	buf_add(&s->rows, row->bytes.ptr, row->bytes.len);
	if (s->rows.failed || !entry_add(s, offset))
		return err_set(e, ERR_INTERNAL, "", "no memory to put rows aside");
	return ERR_NONE;
}

/* Makes at least `size` bytes from the row in hand on readable. */
static enum err_code
run_fill(struct spool *s, struct run *r, size_t size, struct err *e)
{
	int64_t left;
	size_t want;
	enum err_code rc;

	if (r->end - r->at >= size)
		return ERR_NONE;
	memmove(r->bytes, r->bytes + r->at, r->end - r->at);
	r->end -= r->at;
	r->at = 0;
	if (size > r->cap) {
		char *more = realloc(r->bytes, size);

		if (!more)
			return err_set(e, ERR_INTERNAL, "", "no memory to read rows put aside");
		r->bytes = more;
		r->cap = size;
	}
	left = r->to - r->next;
	want = r->cap - r->end;
	if (left < (int64_t)want)
		want = (size_t)left;
	rc = scratch_read(s->file, r->next, r->bytes + r->end, &want, e);
	if (rc)
		return rc;
	r->end += want;
	r->next += (int64_t)want;
	return r->end >= size ? ERR_NONE : err_set(e, ERR_IO, "", "a temporary file was cut short");
}

/* Reads the row at which the run stands. */
static enum err_code
run_load(struct spool *s, struct run *r, struct err *e)
{
	enum err_code rc = run_fill(s, r, sizeof(r->head), e);

	if (rc)
		return rc;
	memcpy(&r->head, r->bytes + r->at, sizeof(r->head));
	return run_fill(s, r, sizeof(r->head) + r->head.key_len + r->head.len, e);
}

static bool
run_before(const struct spool *s, size_t a, size_t b)
{
	int order = 0;

	if (s->sorted)
		order = str_cmp(row_at(s->runs[a].bytes + s->runs[a].at).key,
				row_at(s->runs[b].bytes + s->runs[b].at).key);
	return order ? order < 0 : a < b;
}

static void
heap_sink(struct spool *s, size_t i)
{
	for (;;) {
		size_t least = i;
		size_t run = s->heap[i];

		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++) {
			if (child < s->heap_count && run_before(s, s->heap[child], s->heap[least]))
				least = child;
		}
		if (least == i)
			return;
		s->heap[i] = s->heap[least];
		s->heap[least] = run;
		i = least;
	}
}

static enum err_code
run_start(struct spool *s, struct run *r, struct err *e)
{
	if (!r->bytes) {
		r->bytes = malloc(READ_BYTES);
		r->cap = READ_BYTES;
	}
	if (!r->bytes)
		return err_set(e, ERR_INTERNAL, "", "no memory to read rows put aside");
	r->next = r->from;
	r->at = r->end = 0;
	return run_load(s, r, e);
}

/* Once some rows are in the file, all go there: the memory is free for what comes next. */
static enum err_code
end(struct spool *s, struct err *e)
{
	enum err_code rc = ERR_NONE;

	s->ended = true;
	if (s->run_count == 0) {
		memory_sort(s);
		return ERR_NONE;
	}
	if (s->count > 0)
		rc = run_write(s, e);
	buf_fini(&s->rows);
	free(s->entries);
	s->entries = NULL;
	s->heap = calloc(s->run_count, sizeof(*s->heap));
	if (!rc && !s->heap)
		rc = err_set(e, ERR_INTERNAL, "", "no memory to read rows put aside");
	return rc;
}

enum err_code
spool_rewind(struct spool *s, struct err *e)
{
	enum err_code rc = s->ended ? ERR_NONE : end(s, e);

	s->next_entry = 0;
	s->heap_count = 0;
	s->advance = false;
	for (size_t i = 0; !rc && i < s->run_count; i++) {
		rc = run_start(s, &s->runs[i], e);
		s->heap[s->heap_count++] = i;
	}
	for (size_t i = s->heap_count; !rc && i-- > 0;)
		heap_sink(s, i);
	return rc;
}

/* Leaves the row that was given last. */
static enum err_code
top_advance(struct spool *s, struct err *e)
{
	struct run *r = &s->runs[s->heap[0]];
	enum err_code rc = ERR_NONE;

	r->at += sizeof(r->head) + r->head.key_len + r->head.len;
	if (r->at < r->end || r->next < r->to)
		rc = run_load(s, r, e);
	else
		s->heap[0] = s->heap[--s->heap_count];
	if (!rc && s->heap_count > 0)
		heap_sink(s, 0);
	return rc;
}

enum err_code
spool_next(struct spool *s, struct spool_row *ret_row, bool *ret_found, struct err *e)
{
	enum err_code rc = s->advance ? top_advance(s, e) : ERR_NONE;
	const struct run *r;

	s->advance = false;
	if (rc)
		return rc;
	if (s->run_count == 0) {
		*ret_found = s->next_entry < s->count;
		if (*ret_found)
			*ret_row = row_at(s->rows.data + s->entries[s->next_entry++].offset);
		return ERR_NONE;
	}
	*ret_found = s->heap_count > 0;
	if (!*ret_found)
		return ERR_NONE;
	r = &s->runs[s->heap[0]];
	*ret_row = row_at(r->bytes + r->at);
	s->advance = true;
	return ERR_NONE;
}
