#include "sys/scratch.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct scratch {
	int fd;
	off_t end;
};

static enum err_code
fail(const char *what, struct err *e)
{
	return err_set(e, file_is_full(errno) ? ERR_FULL : ERR_IO, "",
		       "cannot %s a temporary file: %s; free some space, or name another folder "
		       "with TMPDIR",
		       what, strerror(errno));
}

static int
file_make(void)
{
	const char *folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
	char path[PATH_MAX];
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < COUNT_OF(folders); i++) {
		if (!folders[i] || !folders[i][0])
			continue;
		(void)snprintf(path, sizeof(path), "%s/holdfast.XXXXXX", folders[i]);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path);
	}
	return fd;
}

enum err_code
scratch_new(struct scratch **ret_scratch, struct err *e)
{
	struct scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, ERR_INTERNAL, "", "no memory for a temporary file");
	s->fd = file_make();
	if (s->fd < 0) {
		free(s);
		return fail("make", e);
	}
	*ret_scratch = s;
	return ERR_NONE;
}

void
scratch_free(struct scratch *s)
{
	if (!s)
		return;
	(void)close(s->fd);
	free(s);
}

enum err_code
scratch_add(struct scratch *s, struct str bytes, struct err *e)
{
	while (bytes.len > 0) {
		ssize_t n = pwrite(s->fd, bytes.ptr, bytes.len, s->end);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail("write", e);
		bytes.ptr += n;
		bytes.len -= (size_t)n;
		s->end += n;
	}
	return ERR_NONE;
}

int64_t
scratch_length(const struct scratch *s)
{
	return s->end;
}

enum err_code
scratch_read(struct scratch *s, int64_t from, char *bytes, size_t *len, struct err *e)
{
	size_t got = 0;

	while (got < *len) {
		ssize_t n = pread(s->fd, bytes + got, *len - got, from + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("read", e);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*len = got;
	return ERR_NONE;
}
