/* intake.h -- files into registers: one delivery is one transaction and one record of what came.
 *
 * CSV (codec/csv.h) whose header names fields, or JSON lines with one record a line; docs/import.md
 * describes both. Each row is an upsert by its natural key within an organisation and a source; a
 * row that is as it was delivered last makes no version. A row that cannot be taken is rejected
 * with line, column and reason, and neither stops nor spoils the others. References may point
 * forward to rows of the same delivery, in any of its files. Memory does not grow with the files.
 *
 * Rows that say what is there already are counted as they are read, when the files are at hand. All
 * others are read first and put aside, sorted by register and key; then each gets its record's
 * number; then its references are resolved; what refers to a rejected row is rejected too; the rest
 * is written. Registers that nothing in the delivery refers to need only one pass.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "access/ctx.h"
#include "codec/csv.h"

enum delivery_format { DELIVERY_CSV, DELIVERY_JSON_LINES };

struct delivery_file {
	const char *name; /* as people know it */
	enum delivery_format format;
	const struct reg *reg; /* NULL: each JSON line names its register */
	struct byte_source source;
	/* Reading it waits for nobody. When this holds for all files, nobody else can write while
	 * they are read, and rows that bring nothing new are done with as they come. */
	bool at_hand;
};

struct delivery_report;
struct writer;

struct delivery_options {
	int64_t organisation; /* whose records they are, unless a row says so */
	const char *source;   /* the feed, as "directory" or "hr"; NULL: the one that the file's
				 first line names, else "file" */
	bool full;	      /* what is not in it any more is retired */
	bool dry_run;	      /* all but the commit */
	void (*progress)(void *object, int64_t rows); /* may be NULL */
	/* What belongs to the delivery and is kept with it, in the same transaction; may be NULL.
	 * Not called where nothing is kept. */
	enum err_code (*settle)(void *object, struct writer *w, const struct delivery_report *r);
	void *object;
};

struct delivery_counts {
	int64_t read, added, changed, unchanged, retired, rejected;
};

struct delivery_rejection {
	const char *file;
	long line;
	const char *column; /* "" when it is about the whole row */
	const char *reason;
};

/* One register of the delivery. */
struct delivery_part {
	const struct reg *reg;
	struct delivery_counts counts;
	int64_t delivery; /* number of its first record in register `delivery`; 0 on a dry run */
};

/* Lives in the context's arena. */
struct delivery_report {
	struct delivery_part *parts; /* by name of the register */
	size_t part_count;
	struct delivery_counts total;
	const struct delivery_rejection *rejections; /* LIMIT_REJECTIONS_KEPT at most */
	size_t rejection_count;
	bool kept_back; /* --full retired nothing: a row could not be read, so it may be any */
};

/* ERR_INVALID when a file as a whole cannot be taken (no header, unknown column, no key column, no
 * row at all ...): then nothing was changed. Rejected rows are no error, even when all are: the
 * record of the delivery says so. */
MUST_CHECK enum err_code delivery_import(struct ctx *ctx, const struct delivery_options *o,
					 const struct delivery_file *files, size_t count,
					 struct delivery_report *ret_report);

#endif
