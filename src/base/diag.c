#include "base/diag.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

void
diag_init(struct diags *d, struct arena *arena)
{
	*d = (struct diags){.arena = arena};
}

static void
keep(struct diags *d, enum diag_level level, struct place at, const char *message)
{
	size_t *count = level == DIAG_ERROR	? &d->errors
			: level == DIAG_WARNING ? &d->warnings
						: &d->notes;
	struct diag *g;

	if (++*count > LIMIT_DIAGNOSTICS)
		return;
	g = arena_alloc(d->arena, sizeof(*g));
	*g = (struct diag){.level = level,
			   .file = str_z(d->arena, str_of(at.file ? at.file : "")),
			   .line = at.line,
			   .column = at.column,
			   .message = str_z(d->arena, str_of(message))};
	if (d->last)
		d->last->next = g;
	else
		d->first = g;
	d->last = g;
}

void
diag_add(struct diags *d, enum diag_level level, struct place at, const char *format, ...)
{
	char message[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (len >= (int)sizeof(message))
		message[text_whole(str_of(message))] = '\0';
	keep(d, level, at, message);
}

static size_t
past_limit(size_t count)
{
	return count > LIMIT_DIAGNOSTICS ? count - LIMIT_DIAGNOSTICS : 0;
}

void
diag_join(struct diags *d, const struct diags *more)
{
	for (const struct diag *g = more->first; g; g = g->next)
		keep(d, g->level, (struct place){g->file, g->line, g->column}, g->message);
	/* Those that were only counted. */
	d->errors += past_limit(more->errors);
	d->warnings += past_limit(more->warnings);
	d->notes += past_limit(more->notes);
}

enum err_code
diag_err(const struct diags *d, struct err *e)
{
	for (const struct diag *g = d->first; g; g = g->next) {
		if (g->level != DIAG_ERROR)
			continue;
		(void)err_set(e, ERR_INVALID, "", "%s", g->message);
		err_at(e, g->file, g->line, g->column);
		return ERR_INVALID;
	}
	return ERR_NONE;
}
