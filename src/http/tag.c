#include "http/tag.h"

#include "http/coding.h"

#include <string.h>

/* All but the mark of a weak one. */
static struct str
opaque(struct str tag)
{
	return str_begins(tag, "W/") ? (struct str){tag.ptr + 2, tag.len - 2} : tag;
}

/* RFC 9110 section 8.8.3: [ "W/" ] and a text in quotes, in which a comma may be. Takes it off the
 * list; {NULL, 0} where there is none. */
static struct str
tag_take(struct str *list)
{
	const char *begin = list->ptr;
	struct str quoted = opaque(*list);
	const char *end = quoted.len > 1 && quoted.ptr[0] == '"'
				  ? memchr(quoted.ptr + 1, '"', quoted.len - 1)
				  : NULL;

	if (!end)
		return (struct str){0};
	*list = (struct str){end + 1, (size_t)(list->ptr + list->len - end) - 1};
	return (struct str){begin, (size_t)(end - begin) + 1};
}

struct str
tag_find(struct str list, struct str tag)
{
	bool parted = true;

	if (str_is(list, "*"))
		return tag;
	while (list.len > 0) {
		struct str one = {0};

		if (list.ptr[0] == ' ' || list.ptr[0] == '\t' || list.ptr[0] == ',') {
			parted = parted || list.ptr[0] == ',';
			list = (struct str){list.ptr + 1, list.len - 1};
			continue;
		}
		if (parted)
			one = tag_take(&list);
		/* What follows a fault cannot be told to be a tag. */
		if (!one.ptr)
			break;
		if (str_eq(coding_unmarked(one), coding_unmarked(tag)))
			return str_begins(tag, "W/") ? tag : opaque(one);
		parted = false;
	}
	return (struct str){0};
}
