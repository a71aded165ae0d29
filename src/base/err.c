#include "base/err.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name;
	int http_status;
	int exit_status;
} err_table[] = {
#define ERR(id, text, http, exit)                                                                  \
	[id] = {.name = (text), .http_status = (http), .exit_status = (exit)},
#include "base/err.def"
#undef ERR
};

enum err_code
err_set(struct err *e, enum err_code code, const char *field, const char *format, ...)
{
	va_list args;
	int len;

	e->code = code;
	e->where[0] = '\0';
	(void)snprintf(e->field, sizeof(e->field), "%s", field);
	va_start(args, format);
	len = vsnprintf(e->message, sizeof(e->message), format, args);
	va_end(args);
	if (len >= (int)sizeof(e->message))
		e->message[text_whole(str_of(e->message))] = '\0';
	return code;
}

void
err_at(struct err *e, const char *file, long line, long column)
{
	if (e->where[0] != '\0')
		return;
	if (line > 0 && column > 0)
		(void)snprintf(e->where, sizeof(e->where), "%s:%ld:%ld", file, line, column);
	else if (line > 0)
		(void)snprintf(e->where, sizeof(e->where), "%s:%ld", file, line);
	else
		(void)snprintf(e->where, sizeof(e->where), "%s", file);
}

const char *
err_name(enum err_code code)
{
	return err_table[code].name;
}

int
err_http_status(enum err_code code)
{
	return err_table[code].http_status;
}

int
err_exit_status(enum err_code code)
{
	return err_table[code].exit_status;
}
