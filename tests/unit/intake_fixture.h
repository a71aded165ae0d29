/* intake_fixture.h -- deliveries out of memory into a store. */
#ifndef INTAKE_FIXTURE_H
#define INTAKE_FIXTURE_H

#include "intake/intake.h"
#include "record_fixture.h"

/* One file in memory, read a few bytes at a time. `reg` may be NULL for JSON lines. */
struct text_file {
	const char *name;
	const char *reg;
	struct str text;
	size_t at;
	bool slow; /* as if it came through a pipe */
};

/* Options of the next deliveries: whose they are is `home` unless set. */
enum err_code deliver(struct store_fixture *f, const struct delivery_options *o,
		      struct text_file *files, size_t count, struct delivery_report *ret_report);

/* One CSV file of a register; must not fail as a whole. */
struct delivery_report deliver_csv(struct store_fixture *f, const char *reg, const char *text);

bool counts_are(const struct delivery_counts *c, const struct delivery_counts *expected);
#define COUNTS(...) (&(const struct delivery_counts){__VA_ARGS__})

#endif
