#include "cli/cli.h"

#include "base/limits.h"
#include "ledger/receipt.h"
#include "record/keys.h"
#include "sys/file.h"
#include "verify/verify.h"

#include <string.h>

enum { FAULTS_SHOWN = 100, NOTE_LIMIT = 4096 };

struct run {
	struct cli *cli;
	struct verify_fault first; /* in the command's arena */
	uint64_t found;
};

static const char *
keep(struct cli *c, const char *text)
{
	return str_z(&c->arena, str_of(text));
}

static void
on_fault(void *object, const struct verify_fault *f)
{
	struct run *r = object;
	struct cli *c = r->cli;

	if (r->found == 0)
		r->first = (struct verify_fault){.what = keep(c, f->what),
						 .record = keep(c, f->record),
						 .reg = keep(c, f->reg),
						 .organisation = keep(c, f->organisation),
						 .version = f->version,
						 .index = f->index,
						 .message = keep(c, f->message)};
	r->found++;
	if (!c->json && r->found <= FAULTS_SHOWN)
		cli_print(c, "%s\n", f->message);
}

static void
on_progress(void *object, uint64_t done, uint64_t all)
{
	struct run *r = object;

	cli_progress(r->cli, "verifying %llu of %llu", (unsigned long long)done,
		     (unsigned long long)all);
}

static enum err_code
file_option(struct cli *c, const char *name, size_t limit, struct str *ret_text)
{
	const char *path = cli_option(c, name);
	enum err_code rc;

	if (!path)
		return ERR_NONE;
	rc = file_load(path, limit, &c->arena, ret_text, &c->err);
	if (rc)
		err_at(&c->err, path, 0, 0);
	return rc;
}

static void
base64(const struct hash *h, struct buf *out)
{
	base64_encode(out, h->bytes, HASH_SIZE);
}

static void
fault_json(struct json_writer *w, const struct verify_fault *f)
{
	const struct {
		const char *name;
		const char *text;
	} texts[] = {
		{"what",	 f->what	},
		 {"record",	    f->record	     },
		{"register",     f->reg	   },
		 {"organisation", f->organisation},
		{"message",	    f->message     },
	};

	jw_object(w);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		jw_key(w, texts[i].name);
		jw_text(w, texts[i].text[0] ? str_of(texts[i].text) : (struct str){0});
	}
	jw_key(w, "version");
	if (f->version)
		jw_int(w, f->version);
	else
		jw_null(w);
	jw_key(w, "leaf");
	if (f->index >= 0)
		jw_int(w, f->index);
	else
		jw_null(w);
	jw_end_object(w);
}

static void
print_json(struct run *r, const struct verification *v, struct str key)
{
	CLEANUP(buf_fini) struct buf root = {.limit = NOTE_LIMIT};
	struct json_writer w;

	base64(&v->head.root, &root);
	cli_json(r->cli, &w);
	jw_object(&w);
	jw_key(&w, "ok");
	jw_bool(&w, v->faults == 0);
	jw_key(&w, "leaves");
	jw_int(&w, (int64_t)v->leaves);
	jw_key(&w, "root");
	jw_text(&w, (struct str){root.data, root.len});
	jw_key(&w, "checkpoint");
	jw_text(&w, v->note);
	jw_key(&w, "key");
	jw_text(&w, key);
	jw_key(&w, "faults");
	jw_int(&w, (int64_t)v->faults);
	jw_key(&w, "first_bad");
	if (v->faults)
		fault_json(&w, &r->first);
	else
		jw_null(&w);
	jw_end_object(&w);
	cli_json_end(r->cli);
}

static void
print_text(struct run *r, const struct ctx *ctx, const struct verification *v, struct str key)
{
	CLEANUP(buf_fini) struct buf root = {.limit = NOTE_LIMIT};
	struct cli *c = r->cli;

	if (v->faults > FAULTS_SHOWN)
		cli_print(c, "... and %llu more\n", (unsigned long long)v->faults - FAULTS_SHOWN);
	if (v->faults) {
		cli_print(c, "NOT VERIFIED: %llu fault%s among %llu leaves; the first is: %s\n",
			  (unsigned long long)v->faults, v->faults == 1 ? "" : "s",
			  (unsigned long long)v->leaves, r->first.message);
		return;
	}
	base64(&v->head.root, &root);
	cli_print(c, "ok: all %llu versions and events are what was sealed\n",
		  (unsigned long long)v->leaves);
	cli_print(c, "  leaves      %llu\n", (unsigned long long)v->leaves);
	cli_print(c, "  root        %s\n", root.data);
	cli_print(c, "  checkpoint  %s\n", cli_instant(c, ctx->zone, v->recorded_at));
	cli_print(c, "  key         %.*s\n", STR_ARG(key));
}

static enum err_code
save(struct cli *c, const struct verification *v)
{
	const char *path = cli_option(c, "save");

	if (!path)
		return ERR_NONE;
	if (v->faults) {
		cli_note(c, "The checkpoint is not saved: the ledger does not verify.");
		return ERR_NONE;
	}
	return file_save(path, v->note, 0644, &c->err);
}

/* The key that was kept elsewhere; *key stays when none is named. */
static enum err_code
key_choose(struct cli *c, struct note_key *key)
{
	struct str text = {0};
	enum err_code rc = file_option(c, "key", NOTE_LIMIT, &text);

	if (rc || !text.ptr)
		return rc;
	rc = note_key_from_public(str_trim(text), key, &c->err);
	if (rc)
		err_at(&c->err, cli_option(c, "key"), 0, 0);
	return rc;
}

/* Whoever takes ledger.pub along must get the key that signs. */
static void
check_public(struct run *r, const struct workspace *ws)
{
	struct verify_fault f = {
		.what = "key",
		.record = "",
		.reg = "",
		.organisation = "",
		.index = -1,
		.message = "ledger.pub is not the public key of ledger.key: one of the two was "
			   "replaced"};
	struct note_key public;
	struct err e;
	enum err_code rc = keys_load_public(r->cli->home, &r->cli->arena, &public, &e);

	if (rc == ERR_MISSING)
		return;
	if (rc || memcmp(public.public_key, workspace_key(ws)->public_key, NOTE_PUBLIC_SIZE) != 0)
		on_fault(r, &f);
}

static void
receipt_print(struct cli *c, const struct receipt *r, const struct checkpoint *tree)
{
	struct json_writer w;

	if (!c->json) {
		cli_print(c, "ok: the entry stands at %llu of the %llu that the head signs\n",
			  (unsigned long long)r->index, (unsigned long long)tree->size);
		return;
	}
	cli_json(c, &w);
	jw_object(&w);
	jw_key_bool(&w, "ok", true);
	jw_key_int(&w, "leaf", (int64_t)r->index);
	jw_key_int(&w, "leaves", (int64_t)tree->size);
	jw_key_text(&w, "checkpoint", r->note);
	jw_end_object(&w);
	cli_json_end(c);
}

/* What somebody kept of one entry, by the public key alone: no workspace is needed for it. */
static enum err_code
receipt_verify(struct cli *c)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	struct str text = {0};
	struct str entry = {0};
	struct note_key key = {0};
	struct receipt r = {0};
	struct checkpoint tree;
	enum err_code rc = file_option(c, "receipt", LIMIT_RECEIPT_BYTES, &text);

	if (!rc)
		rc = file_option(c, "entry", LIMIT_ENTRY_BYTES, &entry);
	if (!rc && (!entry.ptr || !cli_option(c, "key") || cli_option(c, "against") ||
		    cli_option(c, "save")))
		rc = err_set(&c->err, ERR_USAGE, "receipt",
			     "--receipt goes with the entry that it is about and the public key, "
			     "and with nothing else: --entry FILE --key ledger.pub");
	if (!rc)
		rc = key_choose(c, &key);
	if (!rc)
		rc = hasher_new(&h, &c->err);
	if (rc)
		return rc;
	rc = receipt_parse(text, &r, &c->err);
	r.entry = entry;
	if (!rc)
		rc = receipt_check(h, &key, &r, &tree, &c->err);
	if (rc)
		err_at(&c->err, cli_option(c, "receipt"), 0, 0);
	else
		receipt_print(c, &r, &tree);
	return rc;
}

static enum err_code
ledger_verify(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	CLEANUP(buf_fini) struct buf public = {.limit = NOTE_LIMIT};
	struct run r = {.cli = c};
	struct verify_options o = {.found = on_fault, .progress = on_progress, .object = &r};
	struct verification v = {0};
	struct note_key key;
	enum err_code rc = file_option(c, "against", NOTE_LIMIT, &o.earlier);

	if (!rc)
		rc = cli_open(c, DB_READ, &ws);
	if (rc)
		return rc;
	key = *workspace_key(ws);
	note_key_wipe(&key);
	rc = key_choose(c, &key);
	if (rc)
		return rc;
	o.key = &key;
	note_key_public_text(&key, &public);
	check_public(&r, ws);
	rc = cli_failed(c, ws, record_verify(workspace_ctx(ws), &o, &v));
	if (rc)
		return rc;
	v.faults = r.found;
	if (c->json)
		print_json(&r, &v, (struct str){public.data, public.len});
	else
		print_text(&r, workspace_ctx(ws), &v, (struct str){public.data, public.len});
	rc = save(c, &v);
	return rc ? rc : v.faults ? ERR_FAILED : ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	if (cli_option(c, "receipt"))
		return receipt_verify(c);
	if (cli_option(c, "entry"))
		return err_set(&c->err, ERR_USAGE, "entry", "--entry goes with --receipt");
	return ledger_verify(c);
}

const struct command verify_command = {
	.name = "verify",
	.arguments = "",
	.about = "Prove that no record, event or checkpoint was altered since it was written",
	.details =
		"Computes the ledger again from every record version and event, and compares it "
		"with what was\n"
		"signed. Exit status 1 when anything disagrees; each fault is named, the first one "
		"first.\n"
		"\n"
		"Whoever owns this machine also has the ledger's key. So keep a checkpoint and the "
		"public key\n"
		"elsewhere, and hold the ledger against them:\n"
		"  holdfast verify --save march.checkpoint\n"
		"  holdfast verify --against march.checkpoint --key ledger.pub\n"
		"\n"
		"A receipt of one record (C2SP tlog-proof) is checked by itself, anywhere:\n"
		"  holdfast verify --receipt ACC-1042-3.tlog-proof --entry ACC-1042-3.json --key "
		"ledger.pub\n",
	.prints_json = true,
	.may_need_no_home = true,
	.options = {{"against", "FILE",
		     "a checkpoint kept elsewhere, which the ledger must extend"},
		    {"entry", "FILE", "the entry that a receipt is about"},
		    {"key", "FILE",
		     "the public key as kept elsewhere, instead of the workspace's own"},
		    {"receipt", "FILE", "a receipt to check, instead of the workspace"},
		    {"save", "FILE", "write the present checkpoint, to be kept elsewhere"}},
	.run = run,
};
