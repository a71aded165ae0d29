#include "sys/zone.h"
#include "base/civil.h"
#include "base/limits.h"
#include "base/str.h"
#include "sys/file.h"
#include "sys/zone_rule.h"

#include <string.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum {
	SECONDS_PER_DAY = 86400,
	HEADER_BYTES = 44,
	TYPE_BYTES = 6,
	OFFSET_MAX = 26 * 3600, /* RFC 8536 section 3.2 */
};

/* From `from` on, seconds since 1970, the offset holds. */
struct change {
	int64_t from;
	int32_t offset;
};

struct zone {
	const char *name;
	int32_t first_offset; /* before the first change */
	struct change *changes;
	size_t count;
	bool has_rule; /* after the last change */
	struct zone_rule rule;
};

/* What the header says comes after it. */
struct counts {
	size_t utc_flags;
	size_t standard_flags;
	size_t leap_seconds;
	size_t changes;
	size_t types;
	size_t name_bytes;
};

static uint64_t
big_endian(const char *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return value;
}

/* Takes `size` bytes off the front; NULL when there are fewer. */
static const char *
take(struct str *rest, size_t size)
{
	const char *bytes = rest->ptr;

	if (rest->len < size)
		return NULL;
	rest->ptr += size;
	rest->len -= size;
	return bytes;
}

static bool
take_header(struct str *rest, struct counts *ret_counts)
{
	const char *h = take(rest, HEADER_BYTES);
	size_t n[6];

	if (!h || memcmp(h, "TZif", 4) != 0 || h[4] < '2')
		return false;
	for (size_t i = 0; i < COUNT_OF(n); i++) {
		n[i] = big_endian(h + 20 + 4 * i, 4);
		/* No array has more items than the file has bytes, so their sizes cannot overflow.
		 */
		if (n[i] > LIMIT_ZONE_FILE_BYTES)
			return false;
	}
	*ret_counts = (struct counts){n[0], n[1], n[2], n[3], n[4], n[5]};
	return true;
}

/* Bytes of the data block; `time_size` is 4 in the first block, kept for old readers, and 8 in the
 * second. */
static size_t
block_bytes(const struct counts *n, size_t time_size)
{
	return n->changes * (time_size + 1) + n->types * TYPE_BYTES + n->name_bytes +
	       n->leap_seconds * (time_size + 4) + n->standard_flags + n->utc_flags;
}

static bool
read_changes(struct zone *z, const struct counts *n, const char *block, struct arena *a)
{
	const char *indexes = block + n->changes * 8;
	const char *types = indexes + n->changes;

	for (size_t i = 0; i < n->types; i++) {
		int32_t offset = (int32_t)(uint32_t)big_endian(types + i * TYPE_BYTES, 4);

		if (offset <= -OFFSET_MAX || offset >= OFFSET_MAX)
			return false;
	}
	z->first_offset = (int32_t)(uint32_t)big_endian(types, 4);
	z->changes = arena_alloc(a, n->changes * sizeof(*z->changes));
	z->count = n->changes;
	for (size_t i = 0; i < n->changes; i++) {
		size_t type = (unsigned char)indexes[i];
		struct change *c = &z->changes[i];

		if (type >= n->types)
			return false;
		c->from = (int64_t)big_endian(block + i * 8, 8);
		c->offset = (int32_t)(uint32_t)big_endian(types + type * TYPE_BYTES, 4);
		if (i > 0 && c->from <= c[-1].from)
			return false;
	}
	return true;
}

/* The footer is a rule between two line feeds; an empty one says that nothing is known. */
static bool
read_footer(struct zone *z, struct str rest)
{
	if (rest.len < 2 || rest.ptr[0] != '\n' || rest.ptr[rest.len - 1] != '\n')
		return false;
	z->has_rule = rest.len > 2;
	return !z->has_rule || zone_rule_parse((struct str){rest.ptr + 1, rest.len - 2}, &z->rule);
}

/* Files with leap seconds ("right/...") count other seconds than the rest of the world. */
static bool
read_zone(struct zone *z, struct str text, struct arena *a)
{
	struct counts n;
	const char *block;

	if (!take_header(&text, &n) || !take(&text, block_bytes(&n, 4)))
		return false;
	if (!take_header(&text, &n) || n.leap_seconds > 0 || n.types == 0)
		return false;
	block = take(&text, block_bytes(&n, 8));
	return block && read_changes(z, &n, block, a) && read_footer(z, text);
}

static bool
is_zone_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_+-/";

	/* Without a dot there is no "..". */
	return name[0] != '\0' && name[0] != '/' && name[strspn(name, allowed)] == '\0';
}

enum err_code
zone_load(const char *name, struct arena *a, const struct zone **ret_zone, struct err *e)
{
	struct zone *z = arena_alloc(a, sizeof(*z));
	struct err cause;
	struct str text;

	/* UTC needs no database. */
	if (strcmp(name, "UTC") != 0) {
		if (!is_zone_name(name) || file_load(file_join(a, ZONE_FOLDER, name),
						     LIMIT_ZONE_FILE_BYTES, a, &text, &cause))
			return err_set(e, ERR_INVALID, "",
				       "there is no time zone '%s'; write a name such as "
				       "Europe/London%s",
				       name,
				       file_is_folder(ZONE_FOLDER) ? "" : ", and install tzdata");
		if (!read_zone(z, text, a))
			return err_set(e, ERR_INVALID, "",
				       "%s/%s is no time zone file that can be read (RFC 8536, "
				       "version 2 or later, without leap seconds)",
				       ZONE_FOLDER, name);
	}
	z->name = str_z(a, str_of(name));
	*ret_zone = z;
	return ERR_NONE;
}

const char *
zone_name(const struct zone *z)
{
	return z->name;
}

static struct zone_span
span_at(const struct zone *z, int64_t seconds)
{
	size_t low = 0;
	size_t high = z->count;

	/* Afterwards `low` changes lie at or before the instant. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->changes[middle].from <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->count && z->has_rule)
		return zone_rule_span(&z->rule, seconds);
	return (struct zone_span){
		.offset = low > 0 ? z->changes[low - 1].offset : z->first_offset,
		.end = low < z->count ? z->changes[low].from : INT64_MAX,
	};
}

static int64_t
seconds_of(int64_t ms)
{
	return ms / 1000 - (ms % 1000 < 0);
}

int32_t
zone_offset(const struct zone *z, int64_t ms)
{
	return span_at(z, seconds_of(ms)).offset;
}

int64_t
zone_date(const struct zone *z, int64_t ms)
{
	return civil_day_of(ms + (int64_t)zone_offset(z, ms) * 1000);
}

int64_t
zone_day_start(const struct zone *z, int64_t days)
{
	int64_t midnight = days * SECONDS_PER_DAY;
	/* No offset reaches two days, so here it is an earlier date for certain. */
	int64_t at = midnight - 2 * SECONDS_PER_DAY;

	for (;;) {
		struct zone_span span = span_at(z, at);
		int64_t start = midnight - span.offset;

		/* A change that skips midnight begins the day itself. */
		if (start <= at)
			return at * 1000;
		if (start < span.end)
			return start * 1000;
		at = span.end;
	}
}
