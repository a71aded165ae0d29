/* audit_priv.h -- the parts of an audit, private to the ledger. */
#ifndef LEDGER_AUDIT_PRIV_H
#define LEDGER_AUDIT_PRIV_H

#include "ledger/ledger_priv.h"

struct ledger_audit {
	struct ledger_auditor by;
	struct checkpoint head; /* the newest whose signature holds: what is audited */
	struct tile_reader tiles;
	uint8_t *claimed;	   /* a bit for each leaf */
	uint8_t *bad[TILE_LEVELS]; /* a bit for each tile that no signed root vouches for */
	uint64_t claims;
	uint64_t beyond; /* versions whose leaf is past the head */
};

/* Zeroed, for `count` bits; NULL without memory. */
uint8_t *audit_bits(uint64_t count);
bool audit_bit(const uint8_t *bits, uint64_t at);
void audit_set_bit(uint8_t *bits, uint64_t at);

/* Tiles at `level` of the audited tree. */
uint64_t audit_tiles(const struct ledger_audit *a, unsigned level);

void audit_report(struct ledger_audit *a, struct ledger_fault f, const char *format, ...)
	PRINTF(3, 4);
/* Reports a tile and marks it as bad; `how` completes the sentence. */
void audit_blame_tile(struct ledger_audit *a, unsigned level, uint64_t number, const char *how);

/* Opens a row (id, note, ...) of ledger_checkpoint. ERR_INVALID says why it is not good. */
MUST_CHECK enum err_code audit_checkpoint(const struct ledger_audit *a, const struct db_stmt *row,
					  struct checkpoint *ret_checkpoint, struct err *e);

/* audit_walk.c: level 0 against the root of every checkpoint. */
MUST_CHECK enum err_code audit_walk(struct ledger_audit *a, struct err *e);
/* audit_levels.c: each higher level against the one below, and nothing beyond the head. */
MUST_CHECK enum err_code audit_levels(struct ledger_audit *a, struct err *e);

#endif
