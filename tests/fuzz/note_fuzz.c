#include "fuzz.h"

#include "ledger/receipt.h"

#include <stdlib.h>

enum { TEXT_LIMIT = 4096 };

/* The key of the example in signed-note.md, so that a corpus can hold a note that opens. */
static const char vkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* What was read is written again and gives the same text. */
static void
public_key(struct str text)
{
	struct buf again = {.limit = TEXT_LIMIT};
	struct note_key key;
	struct err e;

	if (note_key_from_public(text, &key, &e) == ERR_NONE) {
		note_key_public_text(&key, &again);
		if (text.ptr[text.len - 1] == '\n')
			text.len--;
		demand(str_eq(text, (struct str){again.data, again.len}));
	}
	buf_fini(&again);
}

static void
checkpoint(struct str text)
{
	struct buf again = {.limit = TEXT_LIMIT};
	struct checkpoint c;
	struct err e;

	if (checkpoint_parse("example.com/foo", text, &c, &e) == ERR_NONE) {
		checkpoint_text("example.com/foo", &c, &again);
		demand(text.len >= again.len);
		text.len = again.len;
		demand(str_eq(text, (struct str){again.data, again.len}));
	}
	buf_fini(&again);
}

/* Without extra data it is written again as it was. */
static void
receipt(struct str text)
{
	struct buf again = {.limit = 2 * TEXT_LIMIT};
	struct receipt r;
	struct err e;

	if (receipt_parse(text, &r, &e) == ERR_NONE) {
		receipt_text(&r, &again);
		demand(again.failed || again.len <= text.len);
		demand(again.failed || again.len < text.len ||
		       str_eq(text, (struct str){again.data, again.len}));
	}
	buf_fini(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = {(const char *)data, size};
	struct note_key key;
	struct str text;
	struct err e;

	public_key(input);
	receipt(input);
	checkpoint(input);
	demand(note_key_from_public(str_of(vkey), &key, &e) == ERR_NONE);
	if (note_open(&key, input, &text, &e) == ERR_NONE) {
		demand(text.ptr == input.ptr && text.len < input.len);
		checkpoint(text);
	}
	if (note_key_from_secret(input, &key, &e) == ERR_NONE)
		note_key_wipe(&key);
	return 0;
}
