#include "sys/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { INTERRUPT = 3, END_OF_INPUT = 4, BACKSPACE = 8, ERASE_LINE = 21, DELETE = 127 };

bool
secret_is_typed(void)
{
	return isatty(STDIN_FILENO) == 1;
}

void
secret_wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	b->len = 0;
}

/* Growing would leave copies behind, so all the room is taken at once. */
static void
reserve(struct buf *b)
{
	static const char zeros[64];
	size_t room = b->limit - 1;

	while (room > 0 && !b->failed) {
		size_t n = room < sizeof(zeros) ? room : sizeof(zeros);

		buf_add(b, zeros, n);
		room -= n;
	}
	b->len = 0;
}

/* Takes back one character, all its bytes. */
static void
erase(struct buf *b)
{
	while (b->len > 0 && ((unsigned char)b->data[b->len - 1] & 0xc0) == 0x80)
		b->len--;
	if (b->len > 0)
		b->len--;
}

static enum err_code
line_read(struct buf *out, bool typed, struct err *e)
{
	bool any = false;

	for (;;) {
		char c;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, ERR_IO, "", "cannot read standard input: %s",
				       strerror(errno));
		if (n == 0 || (typed && c == END_OF_INPUT))
			break;
		any = true;
		if (c == '\n' || (typed && c == '\r'))
			break;
		if (typed && c == INTERRUPT)
			return err_set(e, ERR_DENIED, "", "given up; nothing was changed");
		if (typed && (c == BACKSPACE || c == DELETE))
			erase(out);
		else if (typed && c == ERASE_LINE)
			out->len = 0;
		else
			buf_add(out, &c, 1);
		if (out->failed)
			return err_set(e, ERR_TOO_BIG, "", "what was given is too long");
	}
	if (!any && out->len == 0)
		return err_set(e, ERR_INVALID, "", "nothing was given on standard input");
	if (!typed && out->len > 0 && out->data[out->len - 1] == '\r')
		out->len--;
	return ERR_NONE;
}

enum err_code
secret_read(const char *prompt, struct buf *out, struct err *e)
{
	struct termios as_it_was, silent;
	enum err_code rc;

	reserve(out);
	if (out->failed)
		return err_set(e, ERR_INTERNAL, "", "no memory for a secret");
	if (!secret_is_typed())
		return line_read(out, false, e);
	if (tcgetattr(STDIN_FILENO, &as_it_was) != 0)
		return err_set(e, ERR_IO, "", "cannot ask the terminal: %s", strerror(errno));
	silent = as_it_was;
	/* Keys arrive one by one, and none ends the program before the terminal is set back. */
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	(void)fprintf(stderr, "%s", prompt);
	(void)fflush(stderr);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0)
		return err_set(e, ERR_IO, "", "cannot hide what is typed: %s", strerror(errno));
	rc = line_read(out, true, e);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_it_was);
	(void)fputc('\n', stderr);
	return rc;
}
