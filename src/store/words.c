#include "store/words.h"

#include "store/engine_priv.h"

/* The table holds the text, the index refers to it, and is told of each row: no trigger, as a
 * trusted schema would be needed for one. No places of words are kept, as nobody asks for phrases.
 */
static const struct db_words sqlite_words = {
	.make = "create virtual table search_words using fts5(head, body, seen, "
		"content = 'search_record', content_rowid = 'id', detail = none, "
		"prefix = '2 3', tokenize = \"ascii tokenchars '_'\")",
	.added = "insert into search_words (rowid, head, body, seen) select t.id, t.head, t.body, "
		 "t.seen from search_record t where t.id = :id",
	.goes = "insert into search_words (search_words, rowid, head, body, seen) select 'delete', "
		"t.id, t.head, t.body, t.seen from search_record t where t.id = :id",
	.all_go = "insert into search_words (search_words) values ('delete-all')",
	.find = "select t.id, t.organisation, t.head, t.body from search_words w "
		"cross join search_record t on t.id = w.rowid where w.search_words match :words "
		"order by w.rowid desc limit :most",
	.and = " AND ",
	.or = " OR ",
	.but = " NOT ",
	.quote = "\"",
	.begins = "*",
};

/* The words are there as they are to be found, so no parser of the server reads them. */
#define PG_WORDS(t)                                                                                \
	"array_to_tsvector(array_remove(string_to_array(" t "head || ' ' || " t                    \
	"body || ' ' || " t "seen, ' '), ''))"

static const struct db_words pg_words = {
	.make = "create index search_words on search_record using gin (" PG_WORDS(
		"") ") with (fastupdate = off)",
	.find = "select t.id, t.organisation, t.head, t.body from search_record t where " PG_WORDS(
		"t.") " @@ cast(:words as tsquery) limit :most",
	.and = " & ",
	.or = " | ",
	.but = " & !",
	.quote = "'",
	.begins = ":*",
};

const struct db_words *
db_words(const struct db *db)
{
	return db->engine == &sqlite_engine ? &sqlite_words : &pg_words;
}
