#include "ledger/note.h"

#include "base/text.h"

#include <sodium.h>
#include <string.h>

enum { TYPE_ED25519 = 1, SIGNATURE_SIZE = 64, ID_HEX_LEN = 8, KEY_BLOB_SIZE = 33 };

/* The first eight digits of a signature give six bytes, the id among them. */
enum { ID_BASE64_LEN = 8, ID_BASE64_SIZE = 6 };

static const char secret_prefix[] = "PRIVATE+KEY+";
static const char em_dash[] = "\xe2\x80\x94 ";

/* The standard forbids white space and '+'. That the rest is ASCII is ours: a name that looks like
 * another would be of no use. */
static bool
name_is_sound(struct str name)
{
	if (name.len == 0 || name.len >= sizeof(((struct note_key *)0)->name))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] <= ' ' || name.ptr[i] > '~' || name.ptr[i] == '+')
			return false;
	}
	return true;
}

static void
set_public(struct note_key *key, struct str name, const uint8_t bytes[NOTE_PUBLIC_SIZE])
{
	static const uint8_t type[] = {'\n', TYPE_ED25519};
	uint8_t digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	memcpy(key->name, name.ptr, name.len);
	memcpy(key->public_key, bytes, NOTE_PUBLIC_SIZE);
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, (const uint8_t *)name.ptr, name.len);
	(void)crypto_hash_sha256_update(&state, type, sizeof(type));
	(void)crypto_hash_sha256_update(&state, bytes, NOTE_PUBLIC_SIZE);
	(void)crypto_hash_sha256_final(&state, digest);
	memcpy(key->id, digest, NOTE_KEY_ID_SIZE);
}

enum err_code
note_key_make(const char *name, struct note_key *ret_key, struct err *e)
{
	uint8_t public_key[NOTE_PUBLIC_SIZE];
	struct note_key key = {.has_secret = true};

	if (!name_is_sound(str_of(name)))
		return err_set(e, ERR_INVALID, "name",
			       "'%s' cannot name a ledger; use 1 to 127 letters, digits and signs, "
			       "without spaces and '+', such as example.org/ledger",
			       name);
	if (sodium_init() < 0)
		return err_set(e, ERR_INTERNAL, "",
			       "libsodium cannot start, so no key can be made");
	(void)crypto_sign_keypair(public_key, key.secret_key);
	set_public(&key, str_of(name), public_key);
	*ret_key = key;
	note_key_wipe(&key);
	return ERR_NONE;
}

static void
id_hex(const struct note_key *key, char out[ID_HEX_LEN + 1])
{
	(void)sodium_bin2hex(out, ID_HEX_LEN + 1, key->id, NOTE_KEY_ID_SIZE);
}

static void
key_text(const struct note_key *key, const uint8_t *bytes, struct buf *out)
{
	uint8_t blob[KEY_BLOB_SIZE] = {TYPE_ED25519};
	char hex[ID_HEX_LEN + 1];

	memcpy(blob + 1, bytes, sizeof(blob) - 1);
	id_hex(key, hex);
	buf_addf(out, "%s+%s+", key->name, hex);
	base64_encode(out, blob, sizeof(blob));
	sodium_memzero(blob, sizeof(blob));
}

void
note_key_public_text(const struct note_key *key, struct buf *out)
{
	key_text(key, key->public_key, out);
}

void
note_key_secret_text(const struct note_key *key, struct buf *out)
{
	buf_addf(out, "%s", secret_prefix);
	/* libsodium's secret key is the seed and then the public key. */
	key_text(key, key->secret_key, out);
	buf_addf(out, "\n");
}

struct key_parts {
	struct str name;
	struct str hex;
	uint8_t blob[KEY_BLOB_SIZE];
};

static bool
split_key(struct str text, struct key_parts *ret_parts)
{
	if (text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.len--;
	ret_parts->name = str_cut(&text, '+');
	ret_parts->hex = str_cut(&text, '+');
	return name_is_sound(ret_parts->name) &&
	       base64_decode(text, ret_parts->blob, KEY_BLOB_SIZE) == KEY_BLOB_SIZE &&
	       ret_parts->blob[0] == TYPE_ED25519;
}

static bool
id_is(const struct note_key *key, struct str hex)
{
	char own[ID_HEX_LEN + 1];

	id_hex(key, own);
	return str_is(hex, own);
}

enum err_code
note_key_from_public(struct str vkey, struct note_key *ret_key, struct err *e)
{
	struct note_key key = {.has_secret = false};
	struct key_parts parts;

	if (!split_key(vkey, &parts))
		return err_set(e, ERR_INVALID, "",
			       "this is no public key of a ledger; it must read "
			       "name+8 hexadecimal digits+base64 of an Ed25519 key");
	set_public(&key, parts.name, parts.blob + 1);
	if (!id_is(&key, parts.hex))
		return err_set(e, ERR_INVALID, "",
			       "the public key of '%s' was altered: its id does not belong to its "
			       "name and key; take a fresh copy",
			       key.name);
	*ret_key = key;
	return ERR_NONE;
}

enum err_code
note_key_from_secret(struct str text, struct note_key *ret_key, struct err *e)
{
	const size_t prefix = sizeof(secret_prefix) - 1;
	uint8_t public_key[NOTE_PUBLIC_SIZE];
	struct note_key key = {.has_secret = true};
	struct key_parts parts = {0};
	enum err_code rc = ERR_NONE;

	if (text.len < prefix || memcmp(text.ptr, secret_prefix, prefix) != 0 ||
	    !split_key((struct str){text.ptr + prefix, text.len - prefix}, &parts)) {
		rc = err_set(e, ERR_INVALID, "",
			     "this is no secret key of a ledger; it must read "
			     "PRIVATE+KEY+name+8 hexadecimal digits+base64 of an Ed25519 seed");
		goto out;
	}
	(void)crypto_sign_seed_keypair(public_key, key.secret_key, parts.blob + 1);
	set_public(&key, parts.name, public_key);
	if (!id_is(&key, parts.hex)) {
		rc = err_set(e, ERR_INVALID, "",
			     "the secret key of '%s' was altered: its id does not belong to its "
			     "name and key; restore it from a backup",
			     key.name);
		goto out;
	}
	*ret_key = key;
out:
	sodium_memzero(&parts, sizeof(parts));
	note_key_wipe(&key);
	return rc;
}

void
note_key_wipe(struct note_key *key)
{
	sodium_memzero(key->secret_key, sizeof(key->secret_key));
	key->has_secret = false;
}

void
note_sign(const struct note_key *key, struct str text, struct buf *out)
{
	uint8_t blob[NOTE_KEY_ID_SIZE + SIGNATURE_SIZE];

	memcpy(blob, key->id, NOTE_KEY_ID_SIZE);
	(void)crypto_sign_detached(blob + NOTE_KEY_ID_SIZE, NULL, (const uint8_t *)text.ptr,
				   text.len, key->secret_key);
	buf_add(out, text.ptr, text.len);
	buf_addf(out, "\n%s%s ", em_dash, key->name);
	base64_encode(out, blob, sizeof(blob));
	buf_addf(out, "\n");
}

/* Parts the text with its newline from the signature lines without their last newline. */
static bool
split_note(struct str note, struct str *ret_text, struct str *ret_lines)
{
	size_t end = note.len;

	if (end == 0 || note.ptr[end - 1] != '\n' || text_utf8_fault(note) >= 0)
		return false;
	for (size_t i = 0; i < note.len; i++) {
		if ((unsigned char)note.ptr[i] < ' ' && note.ptr[i] != '\n')
			return false;
	}
	while (end >= 2 && !(note.ptr[end - 1] == '\n' && note.ptr[end - 2] == '\n'))
		end--;
	if (end < 2 || end == note.len)
		return false;
	*ret_text = (struct str){note.ptr, end - 1};
	*ret_lines = (struct str){note.ptr + end, note.len - end - 1};
	return true;
}

struct signature_line {
	struct str name;
	struct str base64;
	uint8_t id[ID_BASE64_SIZE];
};

static bool
split_signature(struct str line, struct signature_line *ret_line)
{
	const size_t dash = sizeof(em_dash) - 1;

	if (line.len < dash || memcmp(line.ptr, em_dash, dash) != 0)
		return false;
	line.ptr += dash;
	line.len -= dash;
	ret_line->name = str_cut(&line, ' ');
	ret_line->base64 = line;
	line.len = ID_BASE64_LEN;
	return ret_line->name.len > 0 && ret_line->base64.len >= ID_BASE64_LEN &&
	       base64_decode(line, ret_line->id, ID_BASE64_SIZE) > NOTE_KEY_ID_SIZE;
}

static bool
signature_holds(const struct note_key *key, struct str text, struct str base64)
{
	uint8_t blob[NOTE_KEY_ID_SIZE + SIGNATURE_SIZE];

	return base64_decode(base64, blob, sizeof(blob)) == (long)sizeof(blob) &&
	       crypto_sign_verify_detached(blob + NOTE_KEY_ID_SIZE, (const uint8_t *)text.ptr,
					   text.len, key->public_key) == 0;
}

enum err_code
note_open(const struct note_key *key, struct str note, struct str *ret_text, struct err *e)
{
	struct signature_line s;
	struct str text, lines;
	bool signed_by_key = false;

	if (!split_note(note, &text, &lines))
		return err_set(e, ERR_INVALID, "",
			       "this is no signed note: text, an empty line and signature lines "
			       "are expected");
	while (lines.ptr) {
		if (!split_signature(str_cut(&lines, '\n'), &s))
			return err_set(e, ERR_INVALID, "",
				       "a signature line of the note is malformed");
		/* A second line of the same key says nothing new, and each costs a verification. */
		if (signed_by_key || !str_is(s.name, key->name) ||
		    memcmp(s.id, key->id, NOTE_KEY_ID_SIZE) != 0)
			continue;
		if (!signature_holds(key, text, s.base64))
			return err_set(e, ERR_INVALID, "",
				       "the signature of '%s' does not belong to the note's text: "
				       "one of them was altered",
				       key->name);
		signed_by_key = true;
	}
	if (!signed_by_key)
		return err_set(e, ERR_INVALID, "", "the note bears no signature by the key of '%s'",
			       key->name);
	*ret_text = text;
	return ERR_NONE;
}

void
checkpoint_text(const char *origin, const struct checkpoint *c, struct buf *out)
{
	buf_addf(out, "%s\n%llu\n", origin, (unsigned long long)c->size);
	base64_encode(out, c->root.bytes, HASH_SIZE);
	buf_addf(out, "\n");
}

static bool
parse_size(struct str text, uint64_t *ret_size)
{
	int64_t size;

	if (text.len == 0 || text.ptr[0] == '-' || (text.len > 1 && text.ptr[0] == '0') ||
	    !str_int(text, &size))
		return false;
	*ret_size = (uint64_t)size;
	return true;
}

enum err_code
checkpoint_parse(const char *origin, struct str text, struct checkpoint *ret_checkpoint,
		 struct err *e)
{
	struct checkpoint c;
	struct str line;

	if (text.len == 0 || text.ptr[text.len - 1] != '\n')
		return err_set(e, ERR_INVALID, "", "the checkpoint does not end in a newline");
	text.len--;
	line = str_cut(&text, '\n');
	if (!str_is(line, origin))
		return err_set(
			e, ERR_INVALID, "", "the checkpoint is of the ledger '%.*s', not of '%s'",
			line.len < 128 ? (int)line.len : 128, line.len ? line.ptr : "", origin);
	if (!parse_size(str_cut(&text, '\n'), &c.size))
		return err_set(e, ERR_INVALID, "", "the checkpoint states no size of the tree");
	if (base64_decode(str_cut(&text, '\n'), c.root.bytes, HASH_SIZE) != HASH_SIZE)
		return err_set(e, ERR_INVALID, "", "the checkpoint states no root hash");
	/* Extension lines may follow; they are opaque, but an empty one would end the note. */
	while (text.ptr) {
		if (str_cut(&text, '\n').len == 0)
			return err_set(e, ERR_INVALID, "", "the checkpoint has an empty line");
	}
	*ret_checkpoint = c;
	return ERR_NONE;
}
