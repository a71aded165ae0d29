/* accounts.h -- who and what can log in: the holder's accounts, and those of each system. */
#ifndef DEMO_ACCOUNTS_H
#define DEMO_ACCOUNTS_H

#include "demo/kind.h"

enum { SYSTEMS = 4, ACCOUNT_SLOTS = 3, SYSTEM_ACCOUNTS = 3 };

struct account {
	char key[DEMO_KEY_SIZE];
	int64_t id; /* number for world_roll */
	const char *kind;
	bool held; /* by a person; else it is a system's */
	struct person person;
	int slot;
	int system;
	int64_t created;
	int64_t unneeded; /* day of the review that found it so, or NEVER */
	int64_t disabled; /* or NEVER */
	int64_t deleted;  /* or NEVER */
};

/* Accounts by number, first the systems'; false when there is none (yet, or any more). */
int64_t accounts_count(const struct scene *v);
bool account_at(const struct scene *v, int64_t index, struct account *ret_a);
bool account_active(const struct scene *v, const struct account *a);

/* Seats are looked at in blocks: one review, one change, for the accounts of so many. */
enum { BLOCK_SEATS = 64 };
int64_t account_blocks(const struct scene *v);
/* Day of the last review of the block's accounts up to the view's day. */
int64_t account_review_day(const struct scene *v, int64_t block);

/* Change by which a service account's password was set, and the day of it. */
int64_t service_change_day(const struct scene *v, const struct account *a);
/* Day on which a weak password was noticed and reset, or NEVER. */
int64_t account_deviation_day(const struct scene *v, const struct account *a);

/* The number of a person's account in a slot. */
int64_t account_index(const struct scene *v, int64_t seat, int generation, int slot);

extern const struct kind account_kind;

#endif
