#include "base/hash.h"
#include "test.h"

#include <string.h>

static struct hasher *
hasher_made(void)
{
	struct hasher *h = NULL;
	struct err e;

	CHECK(hasher_new(&h, &e) == ERR_NONE);
	return h;
}

static bool
hash_is(struct hasher *h, const char *text, const char *hex)
{
	char found[HASH_HEX_LEN + 1];
	struct hash hash = hash_of(h, text, strlen(text));

	hash_hex(&hash, found);
	return strcmp(found, hex) == 0;
}

TEST(hash_gives_the_vectors_of_fips_180)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_made();

	CHECK(hash_is(h, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	CHECK(hash_is(h, "abc",
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	CHECK(hash_is(h, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
}

TEST(hash_of_pieces_is_the_hash_of_the_whole)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_made();
	struct hash whole = hash_of(h, "one, two, three", 15);
	struct hash pieces;
	struct hash other = hash_of(h, "one, two, Three", 15);

	hasher_begin(h);
	hasher_add(h, "one, ", 5);
	hasher_add(h, "", 0);
	hasher_add(h, "two, three", 10);
	pieces = hasher_end(h);
	CHECK(hash_eq(&whole, &pieces));
	CHECK(!hash_eq(&whole, &other));
}

TEST(hash_begun_again_forgets_what_was_added)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_made();

	hasher_begin(h);
	hasher_add(h, "left over", 9);
	CHECK(hash_is(h, "abc",
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

TEST(base64_gives_the_vectors_of_rfc_4648)
{
	static const struct {
		const char *bytes;
		const char *text;
	} cases[] = {
		{"",	     ""	       },
		{"f",	      "Zg=="    },
		{"fo",	       "Zm8="    },
		{"foo",		"Zm9v"    },
		{"foob",	 "Zm9vYg=="},
		{"fooba",	  "Zm9vYmE="},
		{"foobar",	   "Zm9vYmFy"},
		{"\xfb\xff\xbf", "+/+/"    },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		CLEANUP(buf_fini) struct buf out;
		size_t len = strlen(cases[i].bytes);
		uint8_t bytes[8];

		buf_init(&out, 64);
		base64_encode(&out, cases[i].bytes, len);
		CHECK(strcmp(out.data ? out.data : "", cases[i].text) == 0);
		CHECK(base64_decode(str_of(cases[i].text), bytes, sizeof(bytes)) == (long)len);
		CHECK(memcmp(bytes, cases[i].bytes, len) == 0);
	}
}

TEST(base64_decoding_is_strict)
{
	static const char *const texts[] = {
		"Z",	"Zg",	  "Zg=",	"Zg===",      "Zm9",  "Zh==", /* bits left over */
		"Zm9=", "Zm9v\n", " Zm9v",	"Zm9vZg=",    "====", "Z===", "Zg==Zg==",
		"Zm-_", "Z=g=",	  "Zm9vYg==\n", "Zm\xc3\xa9",
	};
	uint8_t bytes[32];

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		CHECK(base64_decode(str_of(texts[i]), bytes, sizeof(bytes)) == -1);
	CHECK(base64_decode((struct str){"Zm\0v", 4}, bytes, sizeof(bytes)) == -1);
}

TEST(base64_decoding_keeps_to_its_room)
{
	uint8_t bytes[4] = {0};

	CHECK(base64_decode(str_of("Zm9v"), bytes, 2) == -1);
	CHECK(base64_decode(str_of("Zm8="), bytes, 2) == 2);
	CHECK(base64_decode(str_of("Zm8="), bytes, 1) == -1);
	CHECK(bytes[2] == 0);
}

TEST(base64_every_length_survives_there_and_back)
{
	uint8_t bytes[256];
	uint8_t back[256];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + 13);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		CLEANUP(buf_fini) struct buf out;

		buf_init(&out, 1024);
		base64_encode(&out, bytes, len);
		CHECK(out.len == (len + 2) / 3 * 4);
		CHECK(base64_decode((struct str){out.data, out.len}, back, len) == (long)len);
		CHECK(memcmp(back, bytes, len) == 0);
	}
}

TEST(base64url_has_its_own_two_letters_and_no_padding)
{
	static const struct {
		const char *bytes, *text;
	} pairs[] = {
		{"",	     ""      },
		    {"f",		  "Zg"    },
		{"fo",	       "Zm8"   },
		{"foo",		"Zm9v"  },
		    {"foob",	     "Zm9vYg"},
		{"\xfb\xff\xbf", "-_-_"  },
		{"\xfb\xff",     "-_8"	  }
	   };
	static const char *const none[] = {"Z",	   "Zg==",   "Zm8=",  "Zh",    "Zm9",
					   "+/+/", "Zm9v\n", " Zm9v", "Zm9vZ", "Zm\xc3\xa9"};
	struct str back;
	struct arena a;

	arena_init(&a, 1 << 16);

	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		CLEANUP(buf_fini) struct buf b = {.limit = 64};

		buf_addf(&b, "x=");
		base64url_encode(&b, pairs[i].bytes, strlen(pairs[i].bytes));
		CHECK(strncmp(b.data, "x=", 2) == 0 && strcmp(b.data + 2, pairs[i].text) == 0);
		CHECK(b.len == strlen(b.data));
		CHECK(base64url_read(str_of(pairs[i].text), &a, &back));
		CHECK(str_is(back, pairs[i].bytes));
	}
	for (size_t i = 0; i < COUNT_OF(none); i++)
		CHECK(!base64url_read(str_of(none[i]), &a, &back));
	CHECK(!base64url_read((struct str){"Zm\0v", 4}, &a, &back));
	arena_fini(&a);
}
