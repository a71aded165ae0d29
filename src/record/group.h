/* group.h -- changes by many threads, committed together.
 *
 * One thread of its own writes. It takes all that wait, writes them in one transaction, and tells
 * each when that is durable: so the disk is waited for once for all of them. A change that is
 * refused is told so and hinders no other.
 */
#ifndef RECORD_GROUP_H
#define RECORD_GROUP_H

#include "record/writer.h"

#include <semaphore.h>

struct group;

struct group_change {
	struct str actor;
	const struct who *who; /* whom it is for (access/grant.h), or NULL */
	/* Writes with the writer, whose context holds what went wrong when it fails. Called in the
	 * writing thread, and again when another change spoiled the transaction. */
	enum err_code (*write)(void *object, struct writer *w);
	void *object;
	int64_t about; /* the record that it will read or change, or 0: so that those of all
			* changes are read at once */

	/* The group's own; zero before. */
	struct group_change *next;
	struct err err;
	enum err_code rc;
	bool refused; /* has its answer before the others */
	bool left;    /* nobody waits for it */
	sem_t answered;
	struct group_change *tells; /* others, answered with it, whom it tells so */
};

/* Only the group uses the context, and its connection, until it is freed. */
MUST_CHECK enum err_code group_new(struct ctx *ctx, struct group **ret_group, struct err *e);
/* Waits for what was given to it. */
void group_free(struct group *g);

/* From any thread: waits until the change is durable, or was refused. ERR_BUSY when
 * LIMIT_GROUP_WAITING others wait already. */
MUST_CHECK enum err_code group_write(struct group *g, struct group_change *c, struct err *e);
/* Leaves a change to be written, and waits for nothing: for what may as well be lost, as nobody is
 * told what came of it. `write` gets a copy of the object, `size` bytes that point to nothing that
 * goes before the group; so does the actor. ERR_BUSY as above. */
MUST_CHECK enum err_code group_leave(struct group *g, const struct group_change *c, size_t size,
				     struct err *e);

/* From any thread: what ails the store though it takes changes (db_mover_fails). */
bool group_ails(const struct group *g, struct err *e);

#endif
