#include "upkeep/moving.h"

#include "record/keys.h"
#include "sys/file.h"

enum { NOTE_LIMIT = 4096 };

static enum err_code
file_option(struct cli *c, const char *name, struct str *ret_text)
{
	const char *path = cli_option(c, name);
	enum err_code rc =
		path ? file_load(path, NOTE_LIMIT, &c->arena, ret_text, &c->err) : ERR_NONE;

	if (rc)
		err_at(&c->err, path, 0, 0);
	return rc;
}

/* The ledger's public key: as it was kept elsewhere, or as the backup has it. */
static enum err_code
key_read(struct cli *c, const struct workspace *ws, struct note_key *ret_key)
{
	struct str text = {0};
	enum err_code rc = file_option(c, "key", &text);

	*ret_key = *workspace_key(ws);
	note_key_wipe(ret_key);
	if (!rc && text.ptr)
		rc = note_key_from_public(str_trim(text), ret_key, &c->err);
	if (rc)
		err_at(&c->err, cli_option(c, "key"), 0, 0);
	return rc;
}

/* A checkpoint that somebody else saw tells how much there was: a backup that ends before is no
 * damaged one, but an old one. */
static enum err_code
age_check(struct cli *c, struct workspace *ws, struct str note)
{
	struct checkpoint kept = {0};
	struct checkpoint head = {0};
	struct note_key key;
	struct str text = {0};
	enum err_code rc = key_read(c, ws, &key);

	if (!rc)
		rc = note_open(&key, note, &text, &c->err);
	if (!rc)
		rc = checkpoint_parse(key.name, text, &kept, &c->err);
	if (rc)
		err_at(&c->err, cli_option(c, "against"), 0, 0);
	if (!rc)
		rc = ledger_head(workspace_ctx(ws)->ledger, &head, &c->err);
	if (!rc && head.size < kept.size)
		rc = err_set(
			&c->err, ERR_FAILED, "",
			"the backup is older than the checkpoint: it ends at leaf %llu, and %llu "
			"were sealed by then, so %llu are missing; look for a newer backup, or "
			"restore it without --against and tell those who keep checkpoints",
			(unsigned long long)head.size, (unsigned long long)kept.size,
			(unsigned long long)(kept.size - head.size));
	return rc;
}

static enum err_code
backup_open(struct cli *c, struct workspace **ret_ws)
{
	struct workspace_options o = {.home = c->arguments[0]};
	struct err *e = &c->err;

	if (!file_is_folder(o.home))
		return err_set(e, ERR_MISSING, "", "there is no backup '%s'", o.home);
	return workspace_open(&o, DB_READ, ret_ws, e);
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct move m = {.from = c->arguments[0], .home = c->home};
	struct move_report report = {0};
	enum err_code rc = file_option(c, "against", &m.earlier);

	m.store = cli_option(c, "store");
	if (!rc)
		rc = backup_open(c, &ws);
	if (!rc && m.earlier.ptr)
		rc = age_check(c, ws, m.earlier);
	if (!rc)
		rc = moving_run(c, ws, &m, &report);
	if (!rc)
		moving_report(c, workspace_ctx(ws), &m, &report, "Restored the workspace");
	return rc;
}

const struct command restore_command = {
	.name = "restore",
	.arguments = "BACKUP",
	.about = "Make a workspace out of a backup, and prove it",
	.details =
		"--home names the new workspace's folder; with --store its records come to an "
		"empty "
		"PostgreSQL\n"
		"database. Everything is verified against the backup's last checkpoint before it "
		"gets its name.\n"
		"\n"
		"A backup proves what it holds, not that it is the newest. Hold it against a "
		"checkpoint that was\n"
		"kept elsewhere: when it ends before that, it is refused with exit status 1 and "
		"both "
		"sizes:\n"
		"  holdfast restore monday.backup --home DIR --against friday.checkpoint\n",
	.min_arguments = 1,
	.max_arguments = 1,
	.prints_json = true,
	.options = {{"store", "URL", "an empty PostgreSQL database; else a file in the folder"},
		    {"against", "FILE",
		     "a checkpoint kept elsewhere, which the backup must reach and agree with"},
		    {"key", "FILE",
		     "the public key as kept elsewhere, instead of the backup's own"}},
	.run = run,
};
