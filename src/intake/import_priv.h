/* import_priv.h -- one delivery on its way in, private to its parts. */
#ifndef INTAKE_IMPORT_PRIV_H
#define INTAKE_IMPORT_PRIV_H

#include "intake/intake.h"
#include "record/resolve.h"
#include "record/writer.h"
#include "sys/spool.h"

/* What was delivered of one register for one organisation and feed, out of one file: gets a record
 * of register `delivery` of its own. */
struct part {
	size_t file;
	const struct reg *reg;
	int64_t organisation;
	struct str feed;
	struct delivery_counts counts;
	bool complete;
	int64_t delivery;
	struct part *next;
};

struct rejection {
	const struct reg *reg; /* NULL when no register is known */
	const struct part *part;
	size_t file;
	long line;
	const char *column;
	const char *reason;
};

struct import_file {
	const struct delivery_file *in;
	struct str feed;
	int64_t collected_at; /* milliseconds; 0 when the file does not say */
	struct hash hash;
};

/* What is known of a register during the delivery. */
struct reg_state {
	bool delivered;
	bool referable; /* rows of the delivery may refer to rows of it */
	bool empty;	/* it had no records when the delivery began */
	bool none_retired;
	bool begun;	   /* the two before are known */
	bool expected;	   /* a file of the delivery is of this register alone */
	bool early;	   /* its rows are compared as they come; early.c */
	char *refs;	   /* by field: what its references may mean then */
	struct came *came; /* by the record's counter */
	size_t came_count;
	struct hash form; /* digest_form */
	bool form_known;
	int64_t first_new;	  /* the first number given to a new record; 0 before */
	int64_t revived;	  /* records that had been retired and come again */
	struct db_stmt **columns; /* of the fields that make a tree, by field */
};

/* A row as its file gives it. Fields that the row does not mention are not `given`: they stay as
 * they are. Values and `given` have one place more than the register has fields, for the state. */
struct row {
	const struct reg *reg;
	uint64_t content; /* digest of its cells or values; 0 when it is not known */
	bool looked;	  /* early_take has seen it */
	size_t file;
	long line;
	struct str key;
	struct str organisation; /* its key; {NULL, 0} for the delivery's */
	struct str feed;
	struct value *values;
	char *given;
	bool rejected; /* staged only so that its key is known */
};

/* A row out of the staging, with the record that it is about. */
struct staged {
	struct row row;
	struct str sort_key;
	struct str payload; /* given and values as they were packed */
	int64_t organisation;
	int64_t id;
	int64_t delivered; /* digest of the row that made the present version */
	bool exists;	   /* there is a present version */
	bool rejected;
	struct part *part;
};

/* Statements on what is noted for the time of the delivery; tables.c. */
enum statement {
	PENDING_ADD,
	PENDING_FIND,
	REVIVED_ADD,
	REVIVED_FIND,
	SEEN_ADD,
	SEEN_FIND,
	DROPPED_ADD,
	DROPPED_FIND,
	DROPPED_AT,
	EDGE_ADD,
	EDGES_OF,
	PARENT_ADD,
	PARENT_FIND,
	STATEMENTS,
};

enum { HOMES = 64, HOME_KEY = 48 };
struct known_home {
	char key[HOME_KEY];
	size_t len;
	int64_t id; /* 0 when the place is free */
};

struct import {
	struct ctx *ctx;
	const struct delivery_options *o;
	const struct reg *organisations; /* the register */
	struct import_file *files;
	size_t file_count;
	struct hasher *hasher; /* of the file being read */
	struct spool *rows;
	struct spool *numbers; /* of the rows of referable registers, as they come out of `rows` */
	struct spool *settled; /* rows of referable registers that are to be written */
	struct buf key;	       /* scratch of the staging */
	struct buf bytes;
	struct buf last_key; /* of the row before, to find keys that come twice */
	size_t last_file;
	long last_line;
	struct str home; /* key of the delivery's organisation */
	struct db_stmt *find_organisation;
	struct known_home homes[HOMES]; /* organisations that were found */
	bool early;			/* the transaction begins before the first row is read */
	bool any_register;		/* a file names registers in its rows */
	struct writer *w;
	struct resolver *rs;
	struct resolve_pending pending;
	struct reg_state *regs; /* as ctx->model->regs */
	struct arena row_arena; /* emptied after each row */
	struct part *parts;
	struct part *last_part;
	struct rejection *rejections;
	size_t rejection_count;
	int64_t rows_read;
	int64_t lost;	  /* rows of which not even the key is known */
	int64_t homeless; /* of them, those whose register is not known either */
	int64_t dropped;  /* rows in the table of dropped rows */
	bool trees;	  /* a row says what stands above it */
	struct db *notes; /* tables.c */
	struct db_txn notes_txn;
	struct db_stmt *statements[STATEMENTS]; /* on the notes */
};

/* delivery.c: what keeps whom the import is for from bringing rows of the organisation. */
MUST_CHECK enum err_code import_refusal(struct import *im, const struct reg *r,
					int64_t organisation);

struct reg_state *import_state(struct import *im, const struct reg *r);

/* tables.c: what is noted of the rows, in tables on this machine wherever the store is: each row
 * asks them, and a server is far. They are made when the first is asked, as most deliveries need
 * none. */
MUST_CHECK enum err_code tables_statement(struct import *im, enum statement which,
					  struct db_stmt **ret_stmt);
void tables_close(struct import *im);

/* stage.c: rows in and out of the spool; parts; rejections. */

MUST_CHECK enum err_code reg_ready(struct import *im, const struct reg *reg);
/* Empties the row for the next one of the register. Memory is the row arena's. */
void row_begin(struct import *im, const struct reg *reg, struct row *ret_row);
MUST_CHECK enum err_code stage_add(struct import *im, struct row *row);
MUST_CHECK enum err_code stage_next(struct import *im, struct staged *ret_staged, bool *ret_found);
/* Puts values and given back; they live in the row arena, texts in the spool's row. */
MUST_CHECK enum err_code stage_unpack(struct import *im, struct staged *st);
MUST_CHECK enum err_code part_get(struct import *im, const struct row *row, int64_t organisation,
				  struct part **ret_part);
/* `column` may be "". The texts are copied. Counts nothing. */
void reject(struct import *im, const struct row *row, const struct part *part, const char *column,
	    const char *reason);
/* What a value breaks, without the value: for restricted registers. */
const char *field_rule(const struct field *f);

/* One more row was read, whether it is good or not. */
void row_count(struct import *im);
/* Rejects a row that cannot be staged, as its key or register is not known. */
MUST_CHECK enum err_code row_lost(struct import *im, const struct row *row, const char *column,
				  const char *reason);

/* digest.c: the same content gives the same number. Of what decides the result: which fields the
 * row gives, what they hold, and which records its keys mean now. */
struct hash digest_form(struct import *im, const struct reg *r);
/* Sets row->content. */
void digest_cells(struct import *im, struct row *row, struct str cells);
void digest_values(struct import *im, struct row *row, struct str packed);
/* Values with references resolved; others are not looked at. 0 for a restricted register, as it
 * would outlast an erasure. */
int64_t digest_of(const struct row *row, const struct value *values);

/* early.c: a row that says what was delivered last is counted as it comes. */
void early_begin(struct import *im, const struct reg *r);
void early_close(struct import *im);
/* For each row that is not lost, once; its references need to be there as keys, which become
 * numbers. When it was taken it is done with. */
MUST_CHECK enum err_code early_take(struct import *im, struct row *row, bool *ret_taken);
/* Whether a row about the record was taken, and where it stands. */
bool early_took(struct import *im, const struct reg *r, int64_t id, size_t *ret_file,
		long *ret_line);

/* number.c: which record each row is about. Rows of referable registers are numbered all before the
 * first is resolved, the others one by one. */
MUST_CHECK enum err_code number_begin(struct import *im, const struct reg *r);
MUST_CHECK enum err_code organisation_of(struct import *im, const struct row *row, int64_t *ret_id);
MUST_CHECK enum err_code record_find(struct import *im, struct staged *st);
MUST_CHECK enum err_code number_row(struct import *im, struct staged *st);
MUST_CHECK enum err_code number_all(struct import *im);
/* What number_all found, for the same rows in the same order. */
MUST_CHECK enum err_code number_again(struct import *im, struct staged *st);
/* Whether the record is not current but for this delivery. */
MUST_CHECK enum err_code is_fresh(struct import *im, int64_t id, bool *ret_fresh);

/* settle.c: a row becomes the record to be written. */
enum settled { SETTLED_REJECTED, SETTLED_UNCHANGED, SETTLED_WRITE };
MUST_CHECK enum err_code settle_row(struct import *im, struct staged *st, struct record *ret_record,
				    enum settled *ret_settled);
/* All rows of referable registers, into `settled`. */
MUST_CHECK enum err_code settle_all(struct import *im);
MUST_CHECK enum err_code settled_next(struct import *im, struct staged *ret_staged,
				      struct record *ret_record, bool *ret_found);

/* cascade.c: rows that refer to what was rejected, or go round in circles, are dropped. */
MUST_CHECK enum err_code drop(struct import *im, const struct staged *st, const char *column,
			      const char *reason);
MUST_CHECK enum err_code cascade(struct import *im);
/* Rejects the row when it was dropped. */
MUST_CHECK enum err_code drop_check(struct import *im, const struct staged *st, bool *ret_dropped);

/* retire.c: what a full delivery does not hold any more. */
MUST_CHECK enum err_code retire_missing(struct import *im, const struct reg *r);

/* receipt.c: the records of the delivery itself. */
MUST_CHECK enum err_code receipts_write(struct import *im);

/* csv_rows.c, json_rows.c: one file into the staging. */
MUST_CHECK enum err_code csv_rows(struct import *im, size_t file, struct byte_source source);
MUST_CHECK enum err_code json_rows(struct import *im, size_t file, struct byte_source source);

#endif
