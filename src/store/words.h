/* words.h -- an index of the words of a table, by which each engine finds the rows that have them.
 *
 * The table is `search_record`(id, organisation, head, body, seen): in each of the last three stand
 * words, parted by one blank, of small letters, digits and '_'. What is looked for is a text in the
 * engine's own signs, made of such words alone, so that nothing that people type is ever read as a
 * sign.
 */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "store/db.h"

struct db_words {
	const char *make; /* statements that make the index */
	/* What tells it that the row :id was added, and, before that, that it goes, or all do; NULL
	 * where the engine sees so itself. */
	const char *added, *goes, *all_go;
	/* id, organisation, head and body of rows that have :words, :most of them */
	const char *find;
	const char *and, * or, *but, *quote;
	const char *begins; /* behind a word in quotes: what begins with it */
};
const struct db_words *db_words(const struct db *db);

#endif
