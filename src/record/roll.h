/* roll.h -- the current records of one register by key, in memory, for work that asks for many.
 *
 * Reading a register once in the order in which it is stored is far cheaper than finding most of
 * its records one by one. A roll shows what was current when it was read: whoever changes a record
 * tells it, or drops it.
 */
#ifndef RECORD_ROLL_H
#define RECORD_ROLL_H

#include "record/record.h"

struct roll;

/* Starts empty. `memory` is what all rolls of the same user may take; it goes down with each. */
struct roll_use {
	struct roll *roll; /* NULL until it is worth its cost, and when it would be too large */
	int64_t asked;
	int64_t next_look; /* at so many questions it is weighed again */
};

/* Counts one question about the register, and reads the roll when there were many for its size. */
MUST_CHECK enum err_code roll_ask(struct ctx *ctx, const struct reg *r, size_t *memory,
				  struct roll_use *use);
void roll_drop(struct roll_use *use, size_t *memory);
/* The record was written so. Where that finds no place the roll is dropped, and not read again. */
void roll_note(struct roll_use *use, size_t *memory, const struct record *r, bool is_new);
/* Drops it for good: to read it again after each change would cost too much. */
void roll_end(struct roll_use *use, size_t *memory);

/* The record with that key is asked for soon. Each look at a roll waits for memory, and those at
 * several rolls wait together when they are begun together: first at where the hash leads, and once
 * that is there at the record. It changes nothing. */
enum roll_look { ROLL_LOOK_HASH, ROLL_LOOK_RECORD, ROLL_LOOKS };
void roll_expect(const struct roll_use *use, struct str key, enum roll_look look);

struct roll_found {
	int64_t id;
	int64_t organisation;
	int64_t delivered;
	struct str feed;
};

/* The records with the key, one a call: `*at` is 0 for the first. False after the last. */
bool roll_next(const struct roll *roll, struct str key, size_t *at, struct roll_found *ret_found);

#endif
