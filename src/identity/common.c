#include "identity/common.h"

#include <string.h>

/* The file as it is, in the program: a list that can be missing would let every password pass. */
__asm__(".pushsection .rodata\n"
	"common_passwords:\n"
	".incbin \"content/common-passwords.txt\"\n"
	".balign 4\n"
	"common_passwords_size:\n"
	".long . - common_passwords\n"
	".popsection\n");
extern const char common_passwords[] __attribute__((visibility("hidden")));
extern const uint32_t common_passwords_size __attribute__((visibility("hidden")));

enum { LONGEST = 128 };

struct word {
	char text[LONGEST + 2]; /* between two line ends */
	size_t len;
};

static bool
listed(const struct word *w)
{
	char line[LONGEST + 2];

	if (w->len == 0)
		return false;
	line[0] = '\n';
	memcpy(line + 1, w->text, w->len);
	line[w->len + 1] = '\n';
	return memmem(common_passwords, common_passwords_size, line, w->len + 2) != NULL;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static void
trim(struct word *w)
{
	size_t from = 0;

	while (w->len > 0 && !is_letter(w->text[w->len - 1]))
		w->len--;
	while (from < w->len && !is_letter(w->text[from]))
		from++;
	w->len -= from;
	memmove(w->text, w->text + from, w->len);
}

/* Digits and signs that stand for letters; 1 and ! stand for two of them. */
static void
spell(struct word *w, char one)
{
	static const char signs[] = "@4031!$57";
	const char letters[] = {'a', 'a', 'o', 'e', one, one, 's', 's', 't'};

	for (size_t i = 0; i < w->len; i++) {
		const char *at = strchr(signs, w->text[i]);

		if (w->text[i] != '\0' && at)
			w->text[i] = letters[at - signs];
	}
}

/* A word over and over becomes that word. */
static void
fold(struct word *w)
{
	for (size_t piece = 1; piece <= w->len / 2; piece++) {
		if (w->len % piece == 0 && memcmp(w->text, w->text + piece, w->len - piece) == 0) {
			w->len = piece;
			return;
		}
	}
}

static bool
listed_folded(struct word w)
{
	if (listed(&w))
		return true;
	fold(&w);
	return listed(&w);
}

bool
password_is_common(struct str password)
{
	struct word whole = {.len = password.len};
	struct word inner;

	if (password.len > LONGEST)
		return false;
	for (size_t i = 0; i < password.len; i++) {
		char c = password.ptr[i];

		whole.text[i] = c;
		if (c >= 'A' && c <= 'Z')
			whole.text[i] = (char)(c - 'A' + 'a');
	}
	inner = whole;
	trim(&inner);
	if (listed_folded(whole) || listed_folded(inner))
		return true;
	for (const char *one = "il"; *one != '\0'; one++) {
		struct word spelt = whole;
		struct word spelt_inner = inner;

		spell(&spelt, *one);
		spell(&spelt_inner, *one);
		if (listed_folded(spelt) || listed_folded(spelt_inner))
			return true;
	}
	return false;
}
