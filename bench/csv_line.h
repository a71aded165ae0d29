/* csv_line.h -- one line of a CSV file, for the floors: no line breaks in fields, no checks. */
#ifndef BENCH_CSV_LINE_H
#define BENCH_CSV_LINE_H

#include <stddef.h>
#include <string.h>

/* Takes a field off *rest, unquoted in place; *rest is NULL after the last. */
static inline char *
csv_field_take(char **rest)
{
	char *from = *rest;
	char *to = from;
	char *field = from;

	if (*from != '"') {
		*rest = strchr(from, ',');
		if (*rest)
			*(*rest)++ = '\0';
		return field;
	}
	for (from++; *from && (*from != '"' || from[1] == '"'); *to++ = *from++)
		from += *from == '"';
	if (*from)
		from++;
	*rest = *from == ',' ? from + 1 : NULL;
	*to = '\0';
	return field;
}

/* Cuts a line in place; how many cells, `most` at most. */
static inline int
csv_split(char *line, char **cells, int most)
{
	int count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && count < most;)
		cells[count++] = csv_field_take(&at);
	return count;
}

#endif
