#include "codec/cbor.h"

#include "base/limits.h"
#include "test.h"

#include <string.h>

/* Examples of RFC 8949, appendix A. */
static bool
reads(const char *bytes, size_t len, struct cbor_item *ret_item)
{
	struct cbor c = cbor_of((struct str){bytes, len});

	return cbor_next(&c, ret_item) &&
	       (ret_item->kind == CBOR_ARRAY || ret_item->kind == CBOR_MAP || c.at == c.end);
}

#define READS(literal, item) reads(literal, sizeof(literal) - 1, item)

TEST(cbor_numbers_are_those_of_the_rfc)
{
	static const struct {
		const char *bytes;
		size_t len;
		int64_t number;
	} good[] = {
		{"\x00",				 1, 0	     },
		{"\x17",				 1, 23	      },
		{"\x18\x18",			     2, 24		  },
		{"\x19\x03\xe8",			 3, 1000		},
		{"\x1a\x00\x0f\x42\x40",		 5, 1000000	   },
		{"\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9, 1000000000000},
		{"\x1b\x7f\xff\xff\xff\xff\xff\xff\xff", 9, INT64_MAX    },
		{"\x20",				 1, -1	      },
		{"\x38\x63",			     2, -100	    },
		{"\x39\x01\x00",			 3, -257		},
		{"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", 9, INT64_MIN    }
	      };
	struct cbor_item item;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(reads(good[i].bytes, good[i].len, &item));
		CHECK(item.kind == CBOR_INT && item.number == good[i].number);
		/* Cut short it is none. */
		CHECK(!reads(good[i].bytes, good[i].len - 1, &item));
	}
}

TEST(cbor_that_is_not_canonical_or_of_another_kind_is_refused)
{
	struct cbor_item item;

	CHECK(!READS("\x18\x17", &item));
	CHECK(!READS("\x19\x00\xff", &item));
	CHECK(!READS("\x1a\x00\x00\xff\xff", &item));
	CHECK(!READS("\x1b\x00\x00\x00\x00\xff\xff\xff\xff", &item));
	CHECK(!READS("\x1b\x80\x00\x00\x00\x00\x00\x00\x00", &item));
	CHECK(!READS("\x1c", &item));
	CHECK(!READS("\x5f\x41\x61\xff", &item));
	CHECK(!READS("\x9f\xff", &item));
	CHECK(!READS("\xbf\xff", &item));
	CHECK(!READS("\xc0\x00", &item));
	CHECK(!READS("\xf9\x00\x00", &item));
	CHECK(!READS("\xf7", &item));
	CHECK(!READS("\xff", &item));
	CHECK(!READS("\x62\xc3\x28", &item));
	CHECK(!READS("\x43\x61\x62", &item));
	/* More items than there are bytes. */
	CHECK(!READS("\x82\x00", &item));
	CHECK(!READS("\xa1\x00", &item));
	CHECK(!READS("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", &item));
}

TEST(cbor_texts_bytes_and_words_are_read)
{
	struct cbor_item item;

	CHECK(READS("\x44\x01\x02\x03\x04", &item) && item.kind == CBOR_BYTES);
	CHECK(item.bytes.len == 4 && item.bytes.ptr[3] == 4);
	CHECK(READS("\x62\xc3\xbc", &item) && item.kind == CBOR_TEXT && item.bytes.len == 2);
	CHECK(READS("\x60", &item) && item.kind == CBOR_TEXT && item.bytes.len == 0);
	CHECK(READS("\xf4", &item) && item.kind == CBOR_BOOL && item.number == 0);
	CHECK(READS("\xf5", &item) && item.kind == CBOR_BOOL && item.number == 1);
	CHECK(READS("\xf6", &item) && item.kind == CBOR_NULL);
	CHECK(READS("\x83\x01\x02\x03", &item) && item.kind == CBOR_ARRAY && item.number == 3);
	CHECK(READS("\xa1\x61\x61\x01", &item) && item.kind == CBOR_MAP && item.number == 1);
}

static bool
skips(const char *bytes, size_t len, size_t left)
{
	struct cbor c = cbor_of((struct str){bytes, len});

	return cbor_skip(&c) && cbor_rest(&c).len == left;
}

TEST(cbor_is_passed_over_whole_and_not_too_deep)
{
	char deep[LIMIT_CBOR_DEPTH + 2];
	static const char nested[] = "\xa2\x61\x61\x82\x01\x02\x61\x62\xa1\x61\x63\xa0\x05";

	CHECK(skips(nested, sizeof(nested) - 1, 1));
	CHECK(!skips(nested, sizeof(nested) - 3, 0));
	CHECK(skips("\x80\x01", 2, 1));
	CHECK(!skips("", 0, 0));
	memset(deep, '\x81', sizeof(deep));
	deep[LIMIT_CBOR_DEPTH] = 0;
	CHECK(skips(deep, LIMIT_CBOR_DEPTH + 1, 0));
	deep[LIMIT_CBOR_DEPTH] = '\x81';
	deep[LIMIT_CBOR_DEPTH + 1] = 0;
	CHECK(!skips(deep, LIMIT_CBOR_DEPTH + 2, 0));
}
