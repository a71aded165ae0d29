#include "ledger/note.h"
#include "test.h"

#include <string.h>

enum { TEXT_LIMIT = 4096 };

/* From tests/golden/note: the example of the standard. */
static const char example_vkey[] =
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char example_text[] = "This is an example message.\n";

static size_t
load(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	CHECK(file != NULL);
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	return len;
}

TEST(the_signed_note_of_the_standard_opens)
{
	char vkey[256], note[1024];
	size_t vkey_len = load("tests/golden/note/signed_note_example.vkey", vkey, sizeof(vkey));
	size_t note_len = load("tests/golden/note/signed_note_example.txt", note, sizeof(note));
	struct note_key key;
	struct str text;
	struct err e;

	CHECK(note_key_from_public((struct str){vkey, vkey_len}, &key, &e) == ERR_NONE);
	CHECK(strcmp(key.name, "example.com/foo") == 0 && !key.has_secret);
	CHECK(memcmp(key.id, "\x53\x0d\x90\x3a", NOTE_KEY_ID_SIZE) == 0);
	CHECK(note_open(&key, (struct str){note, note_len}, &text, &e) == ERR_NONE);
	CHECK(str_is(text, example_text) && text.ptr == note);
}

TEST(no_changed_bit_of_a_signed_note_passes)
{
	char vkey[256], note[1024];
	size_t vkey_len = load("tests/golden/note/signed_note_example.vkey", vkey, sizeof(vkey));
	size_t note_len = load("tests/golden/note/signed_note_example.txt", note, sizeof(note));
	struct note_key key;
	struct str text;
	struct err e;

	CHECK(note_key_from_public((struct str){vkey, vkey_len}, &key, &e) == ERR_NONE);
	for (size_t i = 0; i < note_len * 8; i++) {
		note[i / 8] = (char)(note[i / 8] ^ 1 << i % 8);
		CHECK(note_open(&key, (struct str){note, note_len}, &text, &e) == ERR_INVALID);
		note[i / 8] = (char)(note[i / 8] ^ 1 << i % 8);
	}
	for (size_t len = 0; len < note_len; len++)
		CHECK(note_open(&key, (struct str){note, len}, &text, &e) == ERR_INVALID);
}

TEST(a_mangled_public_key_is_refused)
{
	char vkey[sizeof(example_vkey)];
	const size_t len = sizeof(example_vkey) - 1;
	struct note_key key = {.has_secret = true};
	struct err e;

	memcpy(vkey, example_vkey, sizeof(vkey));
	CHECK(note_key_from_public((struct str){vkey, len}, &key, &e) == ERR_NONE);
	for (size_t first = 0; first < len; first++) {
		for (size_t end = first; end <= len; end++) {
			if (end - first < len)
				CHECK(note_key_from_public((struct str){vkey + first, end - first},
							   &key, &e) == ERR_INVALID);
		}
		vkey[first]++;
		CHECK(note_key_from_public((struct str){vkey, len}, &key, &e) == ERR_INVALID);
		vkey[first]--;
	}
	CHECK(note_key_from_public(str_of(""), &key, &e) == ERR_INVALID);
	CHECK(note_key_from_public((struct str){0}, &key, &e) == ERR_INVALID);
}

TEST(a_key_goes_through_its_texts_and_back)
{
	CLEANUP(buf_fini) struct buf public_text = {.limit = TEXT_LIMIT};
	CLEANUP(buf_fini) struct buf secret_text = {.limit = TEXT_LIMIT};
	struct note_key key, public_key, secret_key;
	struct err e;

	CHECK(note_key_make("example.org/ledger", &key, &e) == ERR_NONE);
	note_key_public_text(&key, &public_text);
	note_key_secret_text(&key, &secret_text);
	CHECK(strncmp(public_text.data, "example.org/ledger+", 19) == 0);
	CHECK(strncmp(secret_text.data, "PRIVATE+KEY+example.org/ledger+", 31) == 0);
	CHECK(secret_text.data[secret_text.len - 1] == '\n');
	CHECK(note_key_from_public(str_of(public_text.data), &public_key, &e) == ERR_NONE);
	CHECK(note_key_from_secret(str_of(secret_text.data), &secret_key, &e) == ERR_NONE);
	CHECK(!public_key.has_secret && secret_key.has_secret);
	CHECK(memcmp(public_key.public_key, key.public_key, NOTE_PUBLIC_SIZE) == 0);
	CHECK(memcmp(secret_key.public_key, key.public_key, NOTE_PUBLIC_SIZE) == 0);
	CHECK(memcmp(secret_key.secret_key, key.secret_key, NOTE_SECRET_SIZE) == 0);
	CHECK(memcmp(secret_key.id, key.id, NOTE_KEY_ID_SIZE) == 0);
	note_key_wipe(&key);
	CHECK(!key.has_secret && key.secret_key[0] == 0 && key.secret_key[63] == 0);
}

TEST(a_mangled_secret_key_is_refused)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	struct note_key key;
	struct err e;
	size_t len;

	CHECK(note_key_make("example.org/ledger", &key, &e) == ERR_NONE);
	note_key_secret_text(&key, &text);
	/* Without its newline it is still the same key. */
	len = text.len - 1;
	CHECK(note_key_from_secret((struct str){text.data, len}, &key, &e) == ERR_NONE);
	for (size_t i = 0; i < len; i++) {
		CHECK(note_key_from_secret((struct str){text.data, i}, &key, &e) == ERR_INVALID);
		text.data[i]++;
		CHECK(note_key_from_secret((struct str){text.data, len}, &key, &e) == ERR_INVALID);
		text.data[i]--;
	}
}

TEST(a_name_that_no_note_can_carry_is_refused)
{
	static const char *const names[] = {"",		 "two words", "a+b",
					    "tab\there", "line\n",    "caf\xc3\xa9"};
	struct note_key key = {.name = "untouched"};
	char name[sizeof(key.name) + 1];
	struct err e;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		CHECK(note_key_make(names[i], &key, &e) == ERR_INVALID);
	memset(name, 'n', sizeof(name));
	name[sizeof(key.name)] = '\0';
	CHECK(note_key_make(name, &key, &e) == ERR_INVALID);
	CHECK(strcmp(key.name, "untouched") == 0);
	name[sizeof(key.name) - 1] = '\0';
	CHECK(note_key_make(name, &key, &e) == ERR_NONE);
}

TEST(what_is_signed_opens_beside_signatures_of_others)
{
	CLEANUP(buf_fini) struct buf note = {.limit = TEXT_LIMIT};
	CLEANUP(buf_fini) struct buf both = {.limit = TEXT_LIMIT};
	struct note_key ours, theirs;
	struct str text, signature;
	struct err e;

	CHECK(note_key_make("ours", &ours, &e) == ERR_NONE);
	CHECK(note_key_make("theirs", &theirs, &e) == ERR_NONE);
	/* The text may have empty lines itself: the last one parts. */
	note_sign(&ours, str_of("one\n\ntwo\n"), &note);
	CHECK(note_open(&ours, str_of(note.data), &text, &e) == ERR_NONE);
	CHECK(str_is(text, "one\n\ntwo\n"));
	CHECK(note_open(&theirs, str_of(note.data), &text, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "no signature") != NULL);

	note_sign(&theirs, str_of("one\n\ntwo\n"), &both);
	signature = (struct str){note.data + 10, note.len - 10};
	buf_add(&both, signature.ptr, signature.len);
	CHECK(note_open(&ours, str_of(both.data), &text, &e) == ERR_NONE);
	CHECK(note_open(&theirs, str_of(both.data), &text, &e) == ERR_NONE);
	buf_addf(&both, "no signature line\n");
	CHECK(note_open(&ours, str_of(both.data), &text, &e) == ERR_INVALID);
}

TEST(a_key_of_the_same_name_is_another_key)
{
	CLEANUP(buf_fini) struct buf note = {.limit = TEXT_LIMIT};
	struct note_key old_key, new_key;
	struct str text;
	struct err e;

	CHECK(note_key_make("same", &old_key, &e) == ERR_NONE);
	CHECK(note_key_make("same", &new_key, &e) == ERR_NONE);
	note_sign(&old_key, str_of("text\n"), &note);
	CHECK(note_open(&new_key, str_of(note.data), &text, &e) == ERR_INVALID);
	/* With the id of the new key the signature is claimed by it, and bad. */
	memcpy(old_key.id, new_key.id, NOTE_KEY_ID_SIZE);
	note.len = 0;
	note_sign(&old_key, str_of("text\n"), &note);
	CHECK(note_open(&new_key, str_of(note.data), &text, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "altered") != NULL);
}

TEST(a_checkpoint_goes_through_its_text_and_back)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	struct checkpoint c = {.size = 70000}, parsed;
	struct err e;

	memset(c.root.bytes, 0xa5, HASH_SIZE);
	checkpoint_text("example.org/ledger", &c, &text);
	CHECK(strcmp(text.data, "example.org/ledger\n70000\n"
				"paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=\n") == 0);
	CHECK(checkpoint_parse("example.org/ledger", str_of(text.data), &parsed, &e) == ERR_NONE);
	CHECK(parsed.size == c.size && hash_eq(&parsed.root, &c.root));
	buf_addf(&text, "an extension\n");
	CHECK(checkpoint_parse("example.org/ledger", str_of(text.data), &parsed, &e) == ERR_NONE);
}

TEST(a_malformed_checkpoint_is_refused)
{
#define ROOT "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU="
	static const char *const texts[] = {
		"",
		"\n",
		"log",
		"log\n",
		"log\n7\n",
		"log\n7\n" ROOT,
		"other\n7\n" ROOT "\n",
		"log\n-7\n" ROOT "\n",
		"log\n07\n" ROOT "\n",
		"log\n+7\n" ROOT "\n",
		"log\n\n" ROOT "\n",
		"log\n99999999999999999999\n" ROOT "\n",
		"log\n7\npaWlpaWl\n",
		"log\n7\n" ROOT "AAAA\n",
		"log\n7\n" ROOT "\n\n",
		"log\n7\n" ROOT "\n\nextension\n",
	};
#undef ROOT
	struct checkpoint c = {.size = 1};
	struct err e;

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		CHECK(checkpoint_parse("log", str_of(texts[i]), &c, &e) == ERR_INVALID);
	CHECK(c.size == 1);
}
