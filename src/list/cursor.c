#include "list/list_priv.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* A cursor is base64 as addresses take it (RFC 4648 section 5, no padding) of the first bytes of a
 * digest, of the instant of the past that is read (0: the present), and of the place itself,
 * packed. The digest is over the list and all that follows; it keeps nobody from making a cursor,
 * who then stands elsewhere in a list that he may see anyway. */
enum { DIGEST = 8, INSTANT = 8, HEAD = DIGEST + INSTANT, BYTE = 8 };
static const int64_t LATEST = INT64_C(253402300799999); /* the end of the year 9999 */

/* Whether the column of a field holds numbers. */
static bool
is_number(const struct field *f)
{
	return f->type == FIELD_INT || f->type == FIELD_DECIMAL || f->type == FIELD_BOOL ||
	       f->type == FIELD_REF;
}

static void
add(struct ctx *ctx, const void *bytes, size_t len)
{
	uint64_t size = len;

	hasher_add(ctx->hasher, &size, sizeof(size));
	hasher_add(ctx->hasher, bytes, len);
}

/* The greatest byte first. */
static void
instant_add(int64_t instant, struct buf *out)
{
	for (int i = INSTANT - 1; i >= 0; i--) {
		char byte = (char)((uint64_t)instant >> (i * BYTE) & 0xff);

		buf_add(out, &byte, 1);
	}
}

static int64_t
instant_of(struct str bytes)
{
	uint64_t instant = 0;

	for (size_t i = DIGEST; i < HEAD; i++)
		instant = instant << BYTE | (unsigned char)bytes.ptr[i];
	return (int64_t)instant;
}

/* `place` is what follows the digest. */
static struct hash
digest_of(struct ctx *ctx, const struct asked *a, struct str place)
{
	hasher_begin(ctx->hasher);
	add(ctx, a->query.reg->name, strlen(a->query.reg->name));
	for (size_t i = 0; i < a->query.key_count; i++) {
		add(ctx, a->keys[i].attribute->field->name,
		    strlen(a->keys[i].attribute->field->name));
		add(ctx, a->keys[i].descending ? "-" : "+", 1);
	}
	add(ctx, a->query.descending ? "-" : "+", 1);
	for (size_t i = 0; i < a->filter.count; i++) {
		const struct filter_term *t = &a->filter.terms[i];
		const char kind[] = {(char)t->op, (char)t->or_null, (char)(t->item != NULL)};

		add(ctx, t->attribute->field->name, strlen(t->attribute->field->name));
		add(ctx, filter_field(t)->name, strlen(filter_field(t)->name));
		add(ctx, kind, sizeof(kind));
		for (size_t k = 0; k < t->text_count; k++)
			add(ctx, t->texts[k].ptr, t->texts[k].len);
	}
	add(ctx, place.ptr, place.len);
	return hasher_end(ctx->hasher);
}

enum err_code
cursor_write(struct ctx *ctx, const struct asked *a, const struct value *place,
	     struct str *ret_cursor)
{
	CLEANUP(buf_fini) struct buf packed = {.limit = LIMIT_CURSOR_BYTES};
	CLEANUP(buf_fini) struct buf bytes = {.limit = LIMIT_CURSOR_BYTES};
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_CURSOR_BYTES};
	struct hash digest;

	instant_add(ctx->as_of, &packed);
	values_pack(place, a->query.key_count + 1, &packed);
	if (!packed.failed) {
		digest = digest_of(ctx, a, (struct str){packed.data, packed.len});
		buf_add(&bytes, (const char *)digest.bytes, DIGEST);
		buf_add(&bytes, packed.data, packed.len);
	}
	if (!packed.failed && !bytes.failed)
		base64url_encode(&text, bytes.data, bytes.len);
	if (packed.failed || bytes.failed || text.failed)
		return err_set(&ctx->err, ERR_TOO_BIG, "sort",
			       "a text that the list is sorted by is too long for the next page to "
			       "be found; sort by something else");
	*ret_cursor = str_dup(ctx->arena, (struct str){text.data, text.len});
	return ERR_NONE;
}

/* Whether the value is one that the column can hold. */
static bool
fits(const struct page_key *k, const struct value *v)
{
	if (v->kind == VALUE_NULL)
		return !page_key_always(k);
	if (k->target_count == 0 && is_number(k->attribute->field))
		return v->kind == VALUE_INT;
	return v->kind == VALUE_TEXT && text_utf8_fault(v->text) < 0 &&
	       !memchr(v->text.ptr, '\0', v->text.len);
}

/* The bytes, or none where it is no base64. */
static struct str
decode(struct str cursor, struct arena *a)
{
	struct str bytes = {0};

	return base64url_read(cursor, a, &bytes) && bytes.len >= HEAD ? bytes : (struct str){0};
}

int64_t
list_cursor_instant(struct str cursor, struct arena *a)
{
	struct str bytes = cursor.ptr && cursor.len <= LIMIT_CURSOR_BYTES ? decode(cursor, a)
									  : (struct str){0};

	int64_t instant = bytes.ptr ? instant_of(bytes) : 0;

	return instant > 0 && instant <= LATEST ? instant : 0;
}

enum err_code
cursor_read(struct ctx *ctx, struct str cursor, struct asked *a)
{
	struct str bytes = {0};
	struct str place;
	struct hash digest;
	struct err unpacked;
	size_t count = a->query.key_count;
	bool good = cursor.len <= LIMIT_CURSOR_BYTES;

	if (good)
		bytes = decode(cursor, ctx->arena);
	good = bytes.len > 0;
	if (good) {
		place = (struct str){bytes.ptr + DIGEST, bytes.len - DIGEST};
		digest = digest_of(ctx, a, place);
		good = memcmp(digest.bytes, bytes.ptr, DIGEST) == 0 &&
		       instant_of(bytes) == ctx->as_of &&
		       values_unpack((struct str){bytes.ptr + HEAD, bytes.len - HEAD}, ctx->arena,
				     a->after, count + 1, &unpacked) == ERR_NONE;
	}
	for (size_t i = 0; good && i < count; i++) {
		good = fits(&a->keys[i], &a->after[i]);
		a->after_null[i] = a->after[i].kind == VALUE_NULL;
	}
	if (!good || a->after[count].kind != VALUE_INT)
		return err_set(&ctx->err, ERR_INVALID, "after",
			       "the cursor is damaged, or of a list with another register, filter, "
			       "order or time; begin again without it");
	a->query.after_null = a->after_null;
	return ERR_NONE;
}
