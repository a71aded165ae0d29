#include "ledger/receipt.h"
#include "test.h"

#include <string.h>

enum { TEXT_LIMIT = 65536, LEAVES = 11, AT = 5 };

/* A tree of a few entries, "entry 0" and so on, and a receipt of one of them. */
struct kept {
	struct hasher *h;
	struct note_key key;
	struct receipt receipt;
	struct buf note;
	struct buf text;
	struct err e;
};

static struct hash
root_of(struct hasher *h, const struct hash *leaves, size_t count)
{
	struct merkle_range r = {0};

	for (size_t i = 0; i < count; i++)
		merkle_append(h, &r, &leaves[i]);
	return merkle_root(h, &r);
}

/* RFC 6962 section 2.1.1, as it words it. */
static void
path_of(struct kept *k, const struct hash *leaves, size_t count, size_t at)
{
	size_t split = 1;

	if (count <= 1)
		return;
	while (split * 2 < count)
		split *= 2;
	if (at < split)
		path_of(k, leaves, split, at);
	else
		path_of(k, leaves + split, count - split, at - split);
	k->receipt.proof.hashes[k->receipt.proof.count++] =
		at < split ? root_of(k->h, leaves + split, count - split)
			   : root_of(k->h, leaves, split);
}

static void
kept_open(struct kept *k)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	struct hash leaves[LEAVES];
	struct checkpoint tree = {.size = LEAVES};

	*k = (struct kept){.note = {.limit = TEXT_LIMIT}, .text = {.limit = TEXT_LIMIT}};
	CHECK(!hasher_new(&k->h, &k->e));
	CHECK(!note_key_make("example.org/ledger", &k->key, &k->e));
	for (int i = 0; i < LEAVES; i++) {
		char entry[16];

		(void)snprintf(entry, sizeof(entry), "entry %d", i);
		leaves[i] = merkle_leaf(k->h, entry, strlen(entry));
	}
	tree.root = root_of(k->h, leaves, LEAVES);
	checkpoint_text(k->key.name, &tree, &text);
	note_sign(&k->key, (struct str){text.data, text.len}, &k->note);
	k->receipt.index = AT;
	k->receipt.note = (struct str){k->note.data, k->note.len};
	path_of(k, leaves, LEAVES, AT);
	receipt_text(&k->receipt, &k->text);
}

static void
kept_close(struct kept *k)
{
	hasher_free(k->h);
	buf_fini(&k->note);
	buf_fini(&k->text);
}
#define KEPT CLEANUP(kept_close) struct kept

static enum err_code
check(struct kept *k, struct str text, const char *entry)
{
	struct receipt r = {0};
	struct checkpoint tree = {0};
	enum err_code rc = receipt_parse(text, &r, &k->e);

	r.entry = str_of(entry);
	if (!rc)
		rc = receipt_check(k->h, &k->key, &r, &tree, &k->e);
	CHECK(rc || tree.size == LEAVES);
	return rc;
}

TEST(a_receipt_shows_its_entry_and_no_other)
{
	KEPT k;
	struct str text;

	kept_open(&k);
	text = (struct str){k.text.data, k.text.len};
	CHECK(!check(&k, text, "entry 5"));
	CHECK(check(&k, text, "entry 4") == ERR_FAILED && strstr(k.e.message, "stand at 5"));
	CHECK(check(&k, text, "") == ERR_FAILED);
}

TEST(a_receipt_is_written_as_the_standard_has_it)
{
	KEPT k;
	CLEANUP(buf_fini) struct buf more = {.limit = TEXT_LIMIT};
	const char *rest;

	kept_open(&k);
	CHECK(strncmp(k.text.data, "c2sp.org/tlog-proof@v1\nindex 5\n", 31) == 0);
	rest = strstr(k.text.data, "\n\n");
	CHECK(rest && strncmp(rest + 2, "example.org/ledger\n11\n", 22) == 0);
	CHECK(strcmp(rest + 2, k.note.data) == 0);
	/* Four hashes, each of 44 characters and a newline. */
	CHECK((size_t)(rest - k.text.data) == 30 + 4 * 45);
	/* Extra data is passed over. */
	buf_addf(&more, "c2sp.org/tlog-proof@v1\nextra YQ==\n%s", k.text.data + 23);
	CHECK(!check(&k, (struct str){more.data, more.len}, "entry 5"));
}

TEST(no_changed_bit_of_a_receipt_passes)
{
	KEPT k;

	kept_open(&k);
	for (size_t i = 0; i < k.text.len * 8; i++) {
		enum err_code rc;

		k.text.data[i / 8] = (char)(k.text.data[i / 8] ^ 1 << i % 8);
		rc = check(&k, (struct str){k.text.data, k.text.len}, "entry 5");
		CHECK(rc == ERR_INVALID || rc == ERR_FAILED);
		k.text.data[i / 8] = (char)(k.text.data[i / 8] ^ 1 << i % 8);
	}
	for (size_t len = 0; len < k.text.len; len++)
		CHECK(check(&k, (struct str){k.text.data, len}, "entry 5"));
}

TEST(a_receipt_of_another_ledger_is_refused)
{
	KEPT k;

	kept_open(&k);
	CHECK(!note_key_make("example.org/ledger", &k.key, &k.e));
	CHECK(check(&k, (struct str){k.text.data, k.text.len}, "entry 5") == ERR_FAILED);
	CHECK(strstr(k.e.message, "no signature by the key"));
}

TEST(a_receipt_with_too_many_hashes_is_refused)
{
	KEPT k;
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	struct receipt r = {0};

	kept_open(&k);
	k.receipt.proof.count = MERKLE_PROOF_MAX;
	receipt_text(&k.receipt, &text);
	CHECK(!receipt_parse((struct str){text.data, text.len}, &r, &k.e));
	CHECK(r.proof.count == MERKLE_PROOF_MAX);
	text.len = 0;
	buf_addf(&text, "c2sp.org/tlog-proof@v1\nindex 0\n");
	for (int i = 0; i <= MERKLE_PROOF_MAX; i++)
		buf_addf(&text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_addf(&text, "\n%s", k.note.data);
	CHECK(receipt_parse((struct str){text.data, text.len}, &r, &k.e) == ERR_INVALID);
	CHECK(strstr(k.e.message, "more than 64"));
}
