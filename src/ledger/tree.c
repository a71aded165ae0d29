#include "ledger/ledger_priv.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/* A checkpoint has three short lines and a signature. */
enum { NOTE_LIMIT = 1024 };

static const struct column leaf_columns[] = {
	{"idx",	COLUMN_INT, true},
	{"subject", COLUMN_INT, true},
	{"version", COLUMN_INT, true},
};

static const struct column tile_columns[] = {
	{"id",   COLUMN_INT,  true},
	{"data", COLUMN_BLOB, true},
};

static const struct column checkpoint_columns[] = {
	{"id",	       COLUMN_INT,  true},
	{"previous",    COLUMN_INT,	 true},
	{"note",	 COLUMN_TEXT, true},
	{"recorded_at", COLUMN_INT,  true},
};

/* In this order. */
enum { TABLE_LEAF = LEDGER_LEAVES, TABLE_TILE };

const struct table ledger_tables[] = {
	{
		.name = "ledger_leaf",
		.columns = leaf_columns,
		.column_count = COUNT_OF(leaf_columns),
		.primary_key = "idx",
		.guard = GUARD_APPEND_ONLY,
	 },
	{
		.name = "ledger_tile",
		.columns = tile_columns,
		.column_count = COUNT_OF(tile_columns),
		.primary_key = "id",
		.guard = GUARD_GROWING,
	 },
	{
		.name = "ledger_checkpoint",
		.columns = checkpoint_columns,
		.column_count = COUNT_OF(checkpoint_columns),
		.primary_key = "id",
		.guard = GUARD_APPEND_ONLY,
	 },
};
const size_t ledger_table_count = COUNT_OF(ledger_tables);

static enum err_code
prepare_all(struct ledger *l, struct err *e)
{
	const struct {
		struct db_stmt **statement;
		const char *text;
	} all[] = {
		{&l->read_head,	"select id, note from ledger_checkpoint order by id desc limit 1"},
		{&l->grow_tile,	"update ledger_tile set data = :data where id = :id"		    },
		{&l->add_checkpoint,
		 "insert into ledger_checkpoint (id, previous, note, recorded_at) "
		 "values (:id, :previous, :note, :recorded_at)"				       },
	};
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < COUNT_OF(all); i++)
		rc = db_prepare(l->db, all[i].text, all[i].statement, e);
	if (!rc)
		rc = db_load_open(l->db, &ledger_tables[TABLE_LEAF], &l->leaves, e);
	if (!rc)
		rc = db_load_open(l->db, &ledger_tables[TABLE_TILE], &l->new_tiles, e);
	return rc;
}

enum err_code
ledger_open(struct db *db, const struct note_key *key, struct hasher *hasher,
	    struct ledger **ret_ledger, struct err *e)
{
	struct ledger *l = calloc(1, sizeof(*l));
	enum err_code rc;

	if (!l)
		return err_set(e, ERR_INTERNAL, "", "no memory for the ledger");
	l->db = db;
	l->key = key;
	l->hasher = hasher;
	l->head.root = merkle_empty(hasher);
	l->head_note = merkle_empty(hasher);
	rc = prepare_all(l, e);
	/* A proof climbs through one tile of each level and one at the tree's right edge. */
	if (!rc)
		rc = tile_reader_open(&l->tiles, db, (size_t)2 * TILE_LEVELS, e);
	if (rc) {
		ledger_close(l);
		return rc;
	}
	*ret_ledger = l;
	return ERR_NONE;
}

const struct note_key *
ledger_key(const struct ledger *l)
{
	return l->key;
}

void
ledger_close(struct ledger *l)
{
	if (!l)
		return;
	db_stmt_free(l->read_head);
	db_load_close(l->leaves);
	db_load_close(l->new_tiles);
	db_stmt_free(l->grow_tile);
	db_stmt_free(l->add_checkpoint);
	tile_reader_close(&l->tiles);
	free(l);
}

void
ledger_closep(struct ledger **l)
{
	ledger_close(*l);
}

/* What the newest row says, once its signature is found good. */
static enum err_code
take_head(struct ledger *l, int64_t id, struct str note, struct err *e)
{
	struct checkpoint head;
	struct str text;
	enum err_code rc = note_open(l->key, note, &text, e);

	if (!rc)
		rc = checkpoint_parse(l->key->name, text, &head, e);
	if (rc)
		return rc;
	if (head.size != (uint64_t)id)
		return err_set(
			e, ERR_INVALID, "",
			"the ledger's newest checkpoint stands under size %lld but was signed "
			"for %llu: it was altered; run holdfast verify",
			(long long)id, (unsigned long long)head.size);
	l->head = head;
	return ERR_NONE;
}

enum err_code
ledger_refresh(struct ledger *l, struct err *e)
{
	enum err_code rc;
	struct str note;
	struct hash hash;
	int64_t id;
	bool row;

	rc = db_step(l->read_head, &row, e);
	if (rc)
		return rc;
	id = row ? db_int(l->read_head, 0) : 0;
	note = row ? db_text(l->read_head, 1) : str_of("");
	hash = hash_of(l->hasher, note.ptr, note.len);
	if (!hash_eq(&hash, &l->head_note) || (uint64_t)id != l->head.size) {
		l->loaded = false;
		if (row)
			rc = take_head(l, id, note, e);
		else
			l->head = (struct checkpoint){.root = merkle_empty(l->hasher)};
		if (!rc)
			l->head_note = hash;
	}
	db_reset(l->read_head);
	return rc;
}

static struct hash
root_of(const struct ledger *l)
{
	struct merkle_range whole = {0};

	for (unsigned n = TILE_LEVELS; n-- > 0;)
		merkle_join(&whole, &l->levels[n].range);
	return merkle_root(l->hasher, &whole);
}

/* Nothing is signed on top of tiles that do not give the root signed before. */
static enum err_code
load(struct ledger *l, struct err *e)
{
	struct hash root;
	bool whole = true;

	tile_reader_forget(&l->tiles);
	for (unsigned n = 0; n < TILE_LEVELS; n++) {
		struct level *at = &l->levels[n];
		uint64_t number = tile_entries(n + 1, l->head.size);
		size_t width = tile_width(n, number, l->head.size);
		const struct tile *tile;
		enum err_code rc = tile_read(&l->tiles, n, number, &tile, e);

		if (rc)
			return rc;
		whole = whole && tile->width == width && !tile->ragged;
		at->width = at->stored = tile->width;
		at->number = number;
		at->range = (struct merkle_range){0};
		memcpy(at->hashes, tile->hashes, tile->width * sizeof(tile->hashes[0]));
		for (size_t i = 0; whole && i < width; i++)
			merkle_append(l->hasher, &at->range, &at->hashes[i]);
	}
	root = root_of(l);
	if (!whole || !hash_eq(&root, &l->head.root))
		return err_set(
			e, ERR_FAILED, "",
			"the ledger's newest hashes do not give the root that was signed, so "
			"nothing can be recorded on top of them; run holdfast verify to see "
			"what was altered");
	l->size = l->head.size;
	l->loaded = true;
	return ERR_NONE;
}

static enum err_code
begin(struct ledger *l, struct err *e)
{
	/* One transaction at a time writes, so nobody else is at the tree's end now. */
	enum err_code rc = db_in_txn(l->db)
				   ? ledger_refresh(l, e)
				   : err_set(e, ERR_INTERNAL, "",
					     "the ledger is written within transactions only");

	if (!rc && !l->loaded)
		rc = load(l, e);
	if (!rc)
		l->open = true;
	return rc;
}

static enum err_code
grow_tile(struct ledger *l, int64_t id, const struct level *at, struct err *e)
{
	struct db_stmt *s = l->grow_tile;
	int64_t changed = 0;
	enum err_code rc;

	db_bind_blob(s, 1, at->hashes, at->width * sizeof(at->hashes[0]));
	db_bind_int(s, 2, id);
	rc = db_run(s, e);
	if (!rc)
		rc = db_changes(l->db, &changed, e);
	if (rc)
		return rc;
	if (changed != 1)
		return err_set(
			e, ERR_FAILED, "",
			"tile %lld of the ledger is gone from the store; run holdfast verify",
			(long long)id);
	return ERR_NONE;
}

static enum err_code
write_tile(struct ledger *l, unsigned level, struct err *e)
{
	struct level *at = &l->levels[level];
	int64_t id = tile_id(level, at->number);
	struct str data = {(const char *)at->hashes, at->width * sizeof(at->hashes[0])};
	const struct db_cell cells[] = {
		{.kind = CELL_INT,  .number = id},
		  {.kind = CELL_TEXT, .text = data}
	   };
	enum err_code rc =
		at->stored > 0 ? grow_tile(l, id, at, e) : db_load_row(l->new_tiles, cells, e);

	if (!rc)
		at->stored = at->width;
	return rc;
}

static enum err_code
append(struct ledger *l, const struct hash *leaf, struct err *e)
{
	struct hash hash = *leaf;

	/* A full tile is written at once and gives one hash to the level above. */
	for (unsigned n = 0; n < TILE_LEVELS; n++) {
		struct level *at = &l->levels[n];
		enum err_code rc;

		at->hashes[at->width++] = hash;
		merkle_append(l->hasher, &at->range, &hash);
		if (at->width < TILE_HASHES)
			break;
		rc = write_tile(l, n, e);
		if (rc)
			return rc;
		hash = at->range.hashes[0];
		at->number++;
		at->width = at->stored = 0;
		at->range.count = 0;
		at->range.size = 0;
	}
	l->size++;
	return ERR_NONE;
}

enum err_code
ledger_next(struct ledger *l, int64_t *ret_index, struct err *e)
{
	enum err_code rc = l->open ? ERR_NONE : begin(l, e);

	if (!rc && tile_entries(TILE_LEVELS, l->size + 1) > 0)
		rc = err_set(e, ERR_TOO_BIG, "", "the ledger is full");
	if (!rc)
		*ret_index = (int64_t)l->size;
	return rc;
}

enum err_code
ledger_add(struct ledger *l, int64_t subject, int64_t version, struct str entry, struct err *e)
{
	struct db_cell cells[] = {{.kind = CELL_INT}, {.kind = CELL_INT}, {.kind = CELL_INT}};
	struct hash leaf;
	enum err_code rc;

	if (entry.len > LIMIT_ENTRY_BYTES)
		return err_set(e, ERR_TOO_BIG, "",
			       "an entry of %zu bytes is too long for the ledger, which takes %d; "
			       "shorten the record's fields",
			       entry.len, LIMIT_ENTRY_BYTES);
	rc = ledger_next(l, &cells[0].number, e);
	if (rc)
		return rc;
	cells[1].number = subject;
	cells[2].number = version;
	rc = db_load_row(l->leaves, cells, e);
	if (rc)
		return rc;
	leaf = merkle_leaf(l->hasher, entry.ptr, entry.len);
	return append(l, &leaf, e);
}

static enum err_code
write_checkpoint(struct ledger *l, const struct checkpoint *c, struct str note, int64_t now,
		 struct err *e)
{
	enum err_code rc;

	db_bind_int(l->add_checkpoint, 1, (int64_t)c->size);
	db_bind_int(l->add_checkpoint, 2, (int64_t)l->head.size);
	db_bind_text(l->add_checkpoint, 3, note);
	db_bind_int(l->add_checkpoint, 4, now);
	rc = db_run(l->add_checkpoint, e);
	if (rc)
		return rc;
	l->head = *c;
	l->head_note = hash_of(l->hasher, note.ptr, note.len);
	return ERR_NONE;
}

enum err_code
ledger_seal(struct ledger *l, int64_t now, struct err *e)
{
	CLEANUP(buf_fini) struct buf text = {.limit = NOTE_LIMIT};
	CLEANUP(buf_fini) struct buf note = {.limit = NOTE_LIMIT};
	struct checkpoint c = {.size = l->size};
	enum err_code rc = ERR_NONE;

	if (!l->open || l->size == l->head.size) {
		l->open = false;
		return ERR_NONE;
	}
	if (!l->key->has_secret)
		return err_set(
			e, ERR_DENIED, "",
			"the ledger's secret key is not at hand, so nothing can be recorded");
	for (unsigned n = 0; !rc && n < TILE_LEVELS; n++) {
		if (l->levels[n].stored != l->levels[n].width)
			rc = write_tile(l, n, e);
	}
	if (rc)
		return rc;
	c.root = root_of(l);
	checkpoint_text(l->key->name, &c, &text);
	if (!text.failed)
		note_sign(l->key, (struct str){text.data, text.len}, &note);
	if (text.failed || note.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory for the checkpoint");
	rc = write_checkpoint(l, &c, (struct str){note.data, note.len}, now, e);
	if (rc)
		return rc;
	l->open = false;
	return ERR_NONE;
}

enum err_code
ledger_stands(struct ledger *l, bool *ret_stands, struct err *e)
{
	struct hash mine = l->head_note;
	int64_t size = (int64_t)l->head.size;
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(l->db, "select note from ledger_checkpoint where id = :id", &s, e);
	bool row;

	if (rc)
		return rc;
	db_bind_int(s, 1, size);
	rc = db_step(s, &row, e);
	if (!rc) {
		struct str note = row ? db_text(s, 0) : str_of("");
		struct hash stored = hash_of(l->hasher, note.ptr, note.len);

		*ret_stands = hash_eq(&stored, &mine);
	}
	return rc;
}

void
ledger_forget(struct ledger *l)
{
	l->open = false;
	l->loaded = false;
}

enum err_code
ledger_head(struct ledger *l, struct checkpoint *ret_head, struct err *e)
{
	enum err_code rc = ledger_refresh(l, e);

	if (!rc)
		*ret_head = l->head;
	return rc;
}

enum err_code
ledger_length(struct ledger *l, int64_t *ret_size, struct err *e)
{
	bool row;
	enum err_code rc = db_step(l->read_head, &row, e);

	if (rc)
		return rc;
	*ret_size = row ? db_int(l->read_head, 0) : 0;
	db_reset(l->read_head);
	return ERR_NONE;
}

enum err_code
ledger_head_note(struct ledger *l, struct arena *a, struct str *ret_note, struct err *e)
{
	enum err_code rc;
	bool row;

	rc = db_step(l->read_head, &row, e);
	if (rc)
		return rc;
	*ret_note = str_dup(a, row ? db_text(l->read_head, 1) : str_of(""));
	db_reset(l->read_head);
	return ERR_NONE;
}
