#include "ledger/ledger.h"

#include "api/routes.h"
#include "base/limits.h"
#include "record/proof.h"

static const char text_type[] = "text/plain; charset=utf-8";

/* The newest signed head, as C2SP's tlog-checkpoint writes it. Whoever keeps one can prove later
 * what stood in the ledger then, so it is for everybody. */
enum err_code
ledger_checkpoint(struct call *c)
{
	struct str note = {0};
	enum err_code rc = ledger_head_note(c->ctx.ledger, c->r->arena, &note, &c->ctx.err);

	if (!rc && note.len == 0)
		rc = err_set(&c->ctx.err, ERR_MISSING, "", "nothing stands in the ledger yet");
	if (rc)
		return rc;
	c->reply->type = text_type;
	c->reply->body = note;
	return ERR_NONE;
}

/* The public key that all checkpoints are signed with, as a vkey of C2SP's signed-note. */
enum err_code
ledger_show_key(struct call *c)
{
	note_key_public_text(ledger_key(c->ctx.ledger), c->out);
	buf_addf(c->out, "\n");
	c->reply->type = text_type;
	c->reply->body = (struct str){c->out->data, c->out->len};
	return ERR_NONE;
}

static void
proof_write(struct call *c, const struct merkle_proof *p)
{
	char hex[HASH_HEX_LEN + 1];

	jw_key(&c->w, "hashes");
	jw_array(&c->w);
	for (size_t i = 0; i < p->count; i++) {
		hash_hex(&p->hashes[i], hex);
		jw_text(&c->w, str_of(hex));
	}
	jw_end_array(&c->w);
}

/* The size of the tree that the proof is for: the newest unless the query says another. */
static enum err_code
size_take(struct call *c, const char *name, uint64_t *ret_size)
{
	struct checkpoint head;
	int64_t size = 0;
	enum err_code rc = ledger_head(c->ctx.ledger, &head, &c->ctx.err);

	if (!rc)
		rc = call_number(c, name, (int64_t)head.size, &size);
	if (!rc && (size < 1 || (uint64_t)size > head.size))
		rc = err_set(&c->ctx.err, ERR_INVALID, name,
			     "'%s' is the size of a tree, from 1 to %llu now", name,
			     (unsigned long long)head.size);
	if (!rc)
		*ret_size = (uint64_t)size;
	return rc;
}

/* The version that the query names; the first one unless it does. Who may not see the record is not
 * told that it stands there. */
static enum err_code
version_find(struct call *c, struct record *ret_record)
{
	int64_t id = 0;
	int64_t version = 0;
	enum err_code rc = call_record_id(c, &id);

	if (!rc)
		rc = call_number(c, "version", 1, &version);
	return rc ? rc : record_version(&c->ctx, id, version, c->r->arena, ret_record);
}

/* That a version of a record stands in the ledger. */
enum err_code
ledger_inclusion(struct call *c)
{
	CLEANUP(buf_fini) struct buf entry = {.limit = LIMIT_ENTRY_BYTES + 1};
	struct receipt place = {0};
	struct record r;
	uint64_t size = 0;
	enum err_code rc = size_take(c, "size", &size);

	if (!rc)
		rc = version_find(c, &r);
	if (!rc)
		rc = record_version_prove(&c->ctx, &r, size, &place);
	if (!rc)
		rc = record_version_entry(&c->ctx, &r, &entry);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_int(&c->w, "index", (int64_t)place.index);
	jw_key_int(&c->w, "size", (int64_t)size);
	proof_write(c, &place.proof);
	jw_key_text(&c->w, "entry", (struct str){entry.data, entry.len});
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* The same with the newest signed head, as C2SP's tlog-proof writes it: to be kept elsewhere. */
enum err_code
ledger_receipt(struct call *c)
{
	struct receipt receipt;
	struct record r;
	enum err_code rc = version_find(c, &r);

	if (!rc)
		rc = record_receipt(&c->ctx, &r, c->r->arena, &receipt);
	if (rc)
		return rc;
	receipt_text(&receipt, c->out);
	c->reply->type = text_type;
	c->reply->body = (struct str){c->out->data, c->out->len};
	return ERR_NONE;
}

/* What such a receipt is about, byte by byte. */
enum err_code
ledger_entry(struct call *c)
{
	struct record r;
	enum err_code rc = version_find(c, &r);

	return rc ? rc : record_version_entry(&c->ctx, &r, c->out);
}

/* That a tree extends an earlier one. */
enum err_code
ledger_consistency(struct call *c)
{
	struct merkle_proof proof;
	uint64_t from = 0;
	uint64_t to = 0;
	enum err_code rc = size_take(c, "from", &from);

	if (!rc)
		rc = size_take(c, "to", &to);
	if (!rc && from > to)
		rc = err_set(&c->ctx.err, ERR_INVALID, "from", "'from' is larger than 'to'");
	if (!rc)
		rc = ledger_prove_consistency(c->ctx.ledger, from, to, &proof, &c->ctx.err);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_int(&c->w, "from", (int64_t)from);
	jw_key_int(&c->w, "to", (int64_t)to);
	proof_write(c, &proof);
	jw_end_object(&c->w);
	return ERR_NONE;
}
