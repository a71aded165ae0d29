#include "upkeep/moving.h"

#include "base/text.h"

enum { ROOT_LIMIT = 256, FAULTS_SHOWN = 20 };

struct watch {
	struct cli *cli;
	uint64_t faults;
};

static void
on_fault(void *object, const struct verify_fault *f)
{
	struct watch *w = object;

	if (w->faults++ < FAULTS_SHOWN)
		cli_note(w->cli, "%s", f->message);
}

static void
on_copying(void *object, const char *table, int64_t rows)
{
	struct watch *w = object;

	cli_progress(w->cli, "copying %s, %lld rows", table, (long long)rows);
}

static void
on_verifying(void *object, uint64_t done, uint64_t all)
{
	struct watch *w = object;

	cli_progress(w->cli, "verifying %llu of %llu", (unsigned long long)done,
		     (unsigned long long)all);
}

enum err_code
moving_run(struct cli *c, struct workspace *ws, const struct move *m,
	   struct move_report *ret_report)
{
	struct watch w = {.cli = c};
	struct move watched = *m;
	enum err_code rc;

	watched.found = on_fault;
	watched.copying = on_copying;
	watched.verifying = on_verifying;
	watched.object = &w;
	rc = cli_failed(c, ws, move_workspace(ws, &watched, ret_report));
	cli_progress(c, "%s", "");
	return rc;
}

static void
report_json(struct cli *c, const struct move *m, const struct move_report *r, struct str root)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "home");
	jw_text(&w, str_of(m->home));
	jw_key(&w, "leaves");
	jw_int(&w, (int64_t)r->proof.leaves);
	jw_key(&w, "root");
	jw_text(&w, root);
	jw_key(&w, "checkpoint");
	jw_text(&w, r->proof.note);
	jw_key(&w, "secret_key");
	jw_bool(&w, r->has_key);
	jw_end_object(&w);
	cli_json_end(c);
}

void
moving_report(struct cli *c, const struct ctx *ctx, const struct move *m,
	      const struct move_report *r, const char *words)
{
	CLEANUP(buf_fini) struct buf root = {.limit = ROOT_LIMIT};

	base64_encode(&root, r->proof.head.root.bytes, HASH_SIZE);
	if (c->json) {
		report_json(c, m, r, (struct str){root.data, root.len});
		return;
	}
	cli_print(c, "%s %s, and it verifies.\n", words, m->home);
	cli_print(c, "  leaves      %llu\n", (unsigned long long)r->proof.leaves);
	cli_print(c, "  root        %s\n", root.data);
	cli_print(c, "  checkpoint  %s\n", cli_instant(c, ctx->zone, r->proof.recorded_at));
	if (r->has_key)
		cli_print(c, "It holds the ledger's secret key (ledger.key): keep it where nobody "
			     "else can read it.\n");
	else
		cli_print(c,
			  "It is without the ledger's secret key: it can be read and verified; to "
			  "write, it needs ledger.key.\n");
}
