/* driver.c -- replays files, and folders of files, through a fuzz target as plain tests. */
#include "fuzz.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS_PER_INPUT = 10 };

/* The bytes get a block of exactly their size, so that ASan sees a read of one past the end. */
static uint8_t *
file_bytes(FILE *file, size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);

	if (bytes && fread(bytes, 1, size, file) != size) {
		free(bytes);
		return NULL;
	}
	return bytes;
}

static int
replay(const FTSENT *entry)
{
	size_t size = (size_t)entry->fts_statp->st_size;
	FILE *file = fopen(entry->fts_accpath, "rb");
	uint8_t *bytes = file ? file_bytes(file, size) : NULL;

	if (file)
		(void)fclose(file);
	if (!bytes) {
		(void)fprintf(stderr, "%s: cannot be read: %s\n", entry->fts_path, strerror(errno));
		return -1;
	}
	/* Said first: a crash or the alarm ends the process, and the last line then names the
	 * input. */
	(void)printf("%s\n", entry->fts_path);
	(void)fflush(stdout);
	(void)alarm(SECONDS_PER_INPUT);
	(void)LLVMFuzzerTestOneInput(bytes, size);
	(void)alarm(0);
	free(bytes);
	return 0;
}

int
main(int argc, char **argv)
{
	size_t replayed = 0;
	FTSENT *entry;
	int status = 0;
	FTS *tree;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: %s FILE-OR-FOLDER...\n", argv[0]);
		return 2;
	}
	tree = fts_open(argv + 1, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!tree) {
		(void)fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	while ((entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_F && replay(entry) == 0)
			replayed++;
		else if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP)
			status = 1;
	}
	(void)fts_close(tree);
	(void)printf("%zu inputs replayed\n", replayed);
	return replayed > 0 ? status : 1;
}
