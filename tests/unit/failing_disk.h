/* failing_disk.h -- a disk under SQLite that can fail as real ones do under Linux: what was written
 * to the main file since it was last forced does not reach it, that is said to whoever forces it,
 * and from then on the system takes it for written: it is read, until the power goes. The log's
 * file does not fail.
 *
 * For a process of its own, before it opens a store.
 */
#ifndef FAILING_DISK_H
#define FAILING_DISK_H

#include <stdbool.h>

void failing_disk_use(void);
/* From any thread. */
void failing_disk_set(bool fails);
/* How often it failed. */
int failing_disk_count(void);
/* The power goes: the file is as the disk has it. Nobody may have it open. */
void failing_disk_cut(void);

#endif
