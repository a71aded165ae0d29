#include "search/search_priv.h"

#include <string.h>

enum {
	BEFORE = 40,	   /* characters of a snippet before the first mark */
	SNIPPET = 160,	   /* and in all */
	WORDS_READ = 4000, /* of one text */
	MARKS = 20,
	CONTINUES = 0x80,
	CONTINUES_MASK = 0xc0,
};

/* Where the first of the texts stands that has one of the words, but for the title, which is shown
 * anyway. */
struct telling {
	const struct word_list *asked;
	const struct field *title;
	struct arena *arena;
	struct search_place place;
};

/* Whether the word, or the compound that it is of, is what is looked for. */
static bool
is_asked(const struct telling *t, const struct word_list *l, size_t at)
{
	size_t begin = at;
	size_t before = 0; /* bytes of the compound before this part */
	struct str whole;

	while (begin > 0 && l->words[begin - 1].compound == l->words[at].compound)
		before += l->words[--begin].text.len;
	whole = words_joined(l, begin, words_compound(l, at), t->arena);
	for (size_t i = 0; i < t->asked->count; i++) {
		struct str word = t->asked->words[i].text;
		struct str joined =
			words_joined(t->asked, i, words_compound(t->asked, i), t->arena);

		if (word.len > 1 ? l->words[at].text.len >= word.len &&
					   memcmp(l->words[at].text.ptr, word.ptr, word.len) == 0
				 : str_eq(l->words[at].text, word))
			return true;
		if (joined.len > before && joined.len > 1 && whole.len >= joined.len &&
		    memcmp(whole.ptr, joined.ptr, joined.len) == 0)
			return true;
	}
	return false;
}

/* Characters `from` to `to` of the text. */
static struct str
piece(struct str text, size_t from, size_t to)
{
	size_t at = 0;
	size_t begin = text.len;
	size_t end = text.len;

	for (size_t i = 0; i < text.len; i++) {
		if (((unsigned char)text.ptr[i] & CONTINUES_MASK) == CONTINUES)
			continue;
		if (at == from)
			begin = i;
		if (at == to) {
			end = i;
			break;
		}
		at++;
	}
	return (struct str){text.ptr + begin, end - begin};
}

static void
snippet_take(struct telling *t, const struct word_list *l, size_t first, struct str text)
{
	struct search_place *place = &t->place;
	struct search_mark *marks = arena_alloc(t->arena, MARKS * sizeof(*marks));
	size_t from = l->words[first].from > BEFORE ? l->words[first].from - BEFORE : 0;
	size_t to = from + SNIPPET;

	/* It begins with a word. */
	for (size_t i = first; from > 0 && i > 0 && l->words[i - 1].from >= from; i--)
		if (i == 1 || l->words[i - 2].from < from)
			from = l->words[i - 1].from;
	if (from > 0 && l->words[first].from - from > BEFORE)
		from = l->words[first].from;
	place->snippet = str_dup(t->arena, piece(text, from, to));
	place->marks = marks;
	for (size_t i = first; i < l->count && place->mark_count < MARKS && l->words[i].to <= to;
	     i++) {
		if (is_asked(t, l, i))
			marks[place->mark_count++] = (struct search_mark){l->words[i].from - from,
									  l->words[i].to - from};
	}
}

static bool
text_find(struct telling *t, const char *field, struct str text)
{
	struct word_list l = {0};

	(void)words_add(&l, text, WORDS_READ, t->arena);
	for (size_t i = 0; i < l.count; i++) {
		if (!is_asked(t, &l, i))
			continue;
		t->place.field = field;
		snippet_take(t, &l, i, text);
		return true;
	}
	return false;
}

bool
search_place_find(const struct word_list *asked, const char *field, struct str text,
		  struct arena *a, struct search_place *ret_place)
{
	struct telling t = {.asked = asked, .arena = a};
	bool found = text_find(&t, field, text);

	if (found)
		*ret_place = t.place;
	return found;
}

static bool
text_look(void *object, const struct field *f, struct str text)
{
	struct telling *t = object;

	return f == t->title || !text_find(t, f->name, text);
}

enum err_code
search_tell(struct ctx *ctx, int64_t id, const struct word_list *asked, struct search_hit *ret_hit)
{
	struct versions all = {0};
	struct record r;
	enum err_code rc = record_load(ctx, id, ctx->arena, &r);
	struct search_hit hit = {.id = id};
	struct telling t = {.asked = asked, .arena = ctx->arena};

	if (rc == ERR_MISSING) {
		rc = record_versions(ctx, id, ctx->arena, &all);
		if (!rc)
			r = all.rows[all.count - 1];
	}
	if (rc)
		return rc;
	hit.key = r.key;
	hit.retired = r.retired;
	t.title = reg_title(r.reg);
	if (t.title)
		hit.title = r.values[t.title - r.reg->fields].text;
	search_texts(&r, text_look, &t);
	hit.place = t.place;
	*ret_hit = hit;
	return ERR_NONE;
}

static void
place_json(struct json_writer *w, const struct search_place *p)
{
	jw_key_word(w, "field", p->field);
	jw_key_text(w, "snippet", p->snippet);
	jw_key(w, "marks");
	jw_array(w);
	for (size_t i = 0; i < p->mark_count; i++) {
		jw_object(w);
		jw_key_int(w, "from", (int64_t)p->marks[i].from);
		jw_key_int(w, "to", (int64_t)p->marks[i].to);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void
duty_json(struct json_writer *w, const struct search_duty *d)
{
	jw_object(w);
	jw_key_word(w, "obligation", d->obligation->id);
	jw_key_word(w, "section", d->obligation->section);
	jw_key_word(w, "title", d->obligation->title);
	place_json(w, &d->place);
	jw_end_object(w);
}

static void
hit_json(struct json_writer *w, const struct model *m, const struct search_hit *hit)
{
	char name[RECORD_NAME_SIZE];

	record_name(m, hit->id, name);
	jw_object(w);
	jw_key_text(w, "id", str_of(name));
	jw_key_word(w, "register", model_reg_of_id(m, hit->id)->name);
	jw_key_text(w, "key", hit->key);
	jw_key_text(w, "title", hit->title);
	jw_key_bool(w, "retired", hit->retired);
	place_json(w, &hit->place);
	jw_end_object(w);
}

void
search_json(struct json_writer *w, const struct model *m, const struct search_page *p,
	    bool up_to_date)
{
	jw_object(w);
	jw_key_int(w, "total", p->total);
	jw_key_bool(w, "total_is_exact", p->total_is_exact);
	jw_key_bool(w, "up_to_date", up_to_date);
	jw_key(w, "duties");
	jw_array(w);
	for (size_t i = 0; i < p->duty_count; i++)
		duty_json(w, &p->duties[i]);
	jw_end_array(w);
	jw_key(w, "hits");
	jw_array(w);
	for (size_t i = 0; i < p->count; i++)
		hit_json(w, m, &p->hits[i]);
	jw_end_array(w);
	jw_key_text(w, "next", p->next);
	jw_end_object(w);
}
