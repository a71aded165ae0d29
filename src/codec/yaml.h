/* yaml.h -- the plain part of YAML 1.1 as a tree that knows where each value stands.
 *
 * Read with libyaml's parser. Refused, with line and column: tabs that indent a block, anchors,
 * aliases, tags, duplicate keys, several documents, keys that are not plain text, nesting past
 * LIMIT_YAML_DEPTH, more than LIMIT_YAML_NODES values.
 */
#ifndef CODEC_YAML_H
#define CODEC_YAML_H

#include "base/diag.h"
#include "base/str.h"

enum yaml_kind { YAML_NULL, YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	long line; /* from 1 */
	long column;
	bool quoted; /* text in quotes or a block: never a number, a boolean or null */
	bool block;  /* literal block (|): text starts on the line after `line` */
	struct str text;
	struct str key; /* name under which the parent map holds it */
	long key_line;
	long key_column;
	struct yaml *first; /* items of a list, values of a map, in file order */
	struct yaml *next;
	size_t count; /* of items or values */
};

/* Parses `text` into `arena`. On a fault adds it to `d` with `file` and returns NULL. */
struct yaml *yaml_parse(struct str text, const char *file, struct arena *arena, struct diags *d);

/* Value under `name`, or NULL. */
const struct yaml *yaml_get(const struct yaml *map, const char *name);

#endif
