#include "intake/extract.h"

#include "codec/json.h"
#include "intake_fixture.h"
#include "test.h"

#include <string.h>

enum { FILE_MOST = 8 * 1024 * 1024 };

static const char *const tricky[] = {
	"=1+1",
	"'=1+1",
	"plain",
	"two\nlines\r\nand \"quotes\"",
	"a,b;c\td",
	" blanks ",
	"''",
	"@cmd \xf0\x9f\x94\x90 caf\xc3\xa9",
	"-12",
	"+44 20",
	"[\"no list\"]",
	"{\"a\":1}",
	"ORG/key:other",
};

static void
put_text(struct buf *out, size_t *turn)
{
	json_escape(out, str_of(tricky[(*turn)++ % COUNT_OF(tricky)]));
}

static void
put_key(struct buf *out, const struct field *f, const char *key)
{
	if (f->target_count == 1)
		buf_addf(out, "\"%s\"", key);
	else
		buf_addf(out, "\"%s:%s\"", f->target_count ? f->targets[0]->name : "person", key);
}

static void put_value(struct buf *out, const struct field *f, const char *key, size_t *turn);

static void
put_items(struct buf *out, const struct field *f, size_t *turn)
{
	for (int i = 0; i < 3; i++) {
		buf_addf(out, i ? ",{" : "[{");
		for (size_t k = 0; k < f->field_count; k++) {
			buf_addf(out, "%s\"%s\":", k ? "," : "", f->fields[k].name);
			put_value(out, &f->fields[k], i == 1 ? "=two's" : "one", turn);
		}
		buf_addf(out, "}");
	}
	buf_addf(out, "]");
}

static void
put_value(struct buf *out, const struct field *f, const char *key, size_t *turn)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_FILE:
		put_text(out, turn);
		break;
	case FIELD_INT:
		buf_addf(out, "-12");
		break;
	case FIELD_DECIMAL:
		buf_addf(out, "\"-0.125\"");
		break;
	case FIELD_BOOL:
		buf_addf(out, "false");
		break;
	case FIELD_DATE:
		buf_addf(out, "\"2024-02-29\"");
		break;
	case FIELD_DATETIME:
		buf_addf(out, "\"2026-03-01T12:00:00Z\"");
		break;
	case FIELD_ENUM:
		json_escape(out, str_of(f->words.words[0]));
		break;
	case FIELD_WORDS:
		buf_addf(out, "[");
		if (f->words.count)
			json_escape(out, str_of(f->words.words[f->words.count - 1]));
		else
			put_text(out, turn);
		buf_addf(out, "]");
		break;
	case FIELD_REF:
		put_key(out, f, key);
		break;
	case FIELD_REFS:
		buf_addf(out, "[");
		put_key(out, f, "=two's");
		buf_addf(out, ",");
		put_key(out, f, "one");
		buf_addf(out, "]");
		break;
	case FIELD_LIST:
		put_items(out, f, turn);
		break;
	}
}

/* A row with every field, or with what is required alone. Keys of records of the own kind point to
 * the row before, so that nothing stands in a circle. */
static void
put_row(struct buf *out, const struct reg *r, const char *key, bool all, size_t *turn)
{
	bool is_organisation = strcmp(r->name, "organisation") == 0;

	buf_addf(out, "{\"register\":\"%s\",\"key\":\"%s\"", r->name, key);
	if (all && r->states.count)
		buf_addf(out, ",\"state\":\"%s\"", r->states.words[0]);
	if (all && !is_organisation)
		buf_addf(out, ",\"organisation\":\"away\"");
	buf_addf(out, ",\"feed\":\"%s\"", all ? "=feed" : "file");
	for (size_t i = 0; i < r->field_count; i++) {
		if (!all && !r->fields[i].required)
			continue;
		buf_addf(out, ",\"%s\":", r->fields[i].name);
		put_value(out, &r->fields[i], "one", turn);
	}
	buf_addf(out, "}\n");
}

static void
every_register(struct store_fixture *f, struct buf *out)
{
	size_t turn = 0;

	for (size_t i = 0; i < f->model->reg_count; i++) {
		const struct reg *r = f->model->regs[i];

		if (r->kernel)
			continue;
		put_row(out, r, "=two's", true, &turn);
		put_row(out, r, "one", false, &turn);
	}
}

static enum err_code
to_buf(void *object, struct str bytes, struct err *e)
{
	(void)e;
	buf_add(object, bytes.ptr, bytes.len);
	return ERR_NONE;
}

static void
extract(struct store_fixture *f, const struct reg *r, enum delivery_format format, struct buf *out)
{
	struct extract_options o = {.reg = r, .format = format};
	int64_t rows;

	CHECK(!extract_run(f->ctx, &o, (struct extract_sink){to_buf, out}, &rows));
	CHECK(!out->failed && rows >= 2);
}

/* All registers as JSON lines, one after the other. */
static void
extract_all(struct store_fixture *f, struct buf *out)
{
	for (size_t i = 0; i < f->model->reg_count; i++) {
		if (!f->model->regs[i]->kernel)
			extract(f, f->model->regs[i], DELIVERY_JSON_LINES, out);
	}
}

static struct delivery_report
deliver_lines(struct store_fixture *f, const struct buf *lines)
{
	struct text_file file = {
		.name = "all.jsonl", .text = {lines->data, lines->len}
	      };
	struct delivery_report report;

	CHECK(!deliver(f, NULL, &file, 1, &report));
	for (size_t i = 0; i < report.rejection_count; i++)
		(void)fprintf(stderr, "%ld %s %s\n", report.rejections[i].line,
			      report.rejections[i].column, report.rejections[i].reason);
	CHECK(report.total.rejected == 0);
	return report;
}

TEST(what_is_exported_as_json_lines_comes_back_the_same)
{
	STORE here;
	STORE there;
	CLEANUP(buf_fini) struct buf first = {.limit = FILE_MOST};
	CLEANUP(buf_fini) struct buf out = {.limit = FILE_MOST};
	CLEANUP(buf_fini) struct buf again = {.limit = FILE_MOST};
	struct delivery_report report;

	store_open(&here);
	store_open(&there);
	every_register(&here, &first);
	report = deliver_lines(&here, &first);
	CHECK(report.total.added > 60 && report.total.changed == 0);
	extract_all(&here, &out);
	report = deliver_lines(&here, &out);
	CHECK(report.total.unchanged == report.total.read);
	report = deliver_lines(&there, &out);
	CHECK(report.total.added > 60);
	extract_all(&there, &again);
	CHECK(str_eq((struct str){out.data, out.len}, (struct str){again.data, again.len}));
	CHECK(strstr(out.data, "=two's") && strstr(out.data, "\xf0\x9f\x94\x90"));
}

TEST(what_is_exported_as_csv_changes_nothing_where_it_came_from)
{
	STORE f;
	CLEANUP(buf_fini) struct buf first = {.limit = FILE_MOST};
	size_t guarded = 0;

	store_open(&f);
	every_register(&f, &first);
	(void)deliver_lines(&f, &first);
	for (size_t i = 0; i < f.model->reg_count; i++) {
		const struct reg *r = f.model->regs[i];
		CLEANUP(buf_fini) struct buf out = {.limit = FILE_MOST};
		struct delivery_report report;

		if (r->kernel)
			continue;
		extract(&f, r, DELIVERY_CSV, &out);
		guarded += strstr(out.data, "\n'=two's,") != NULL;
		CHECK(!strstr(out.data, "\n=") && !strstr(out.data, ",="));
		report = deliver_csv(&f, r->name, out.data);
		for (size_t k = 0; k < report.rejection_count; k++)
			(void)fprintf(stderr, "%s %s: %s\n", r->name, report.rejections[k].column,
				      report.rejections[k].reason);
		CHECK(report.total.read >= 2 && report.total.unchanged == report.total.read);
	}
	CHECK(guarded > 30);
}

/* The values that it holds are compared too: a change of one is seen. */
TEST(a_changed_export_is_a_changed_record)
{
	STORE f;
	struct delivery_report report;
	CLEANUP(buf_fini) struct buf out = {.limit = FILE_MOST};
	char *at;

	store_open(&f);
	report = deliver_csv(&f, "person", "key,name\nann,=Ann\nbob,Bob\n");
	CHECK(report.total.added == 2);
	extract(&f, store_reg(&f, "person"), DELIVERY_CSV, &out);
	at = strstr(out.data, "'=Ann");
	CHECK(at);
	at[4] = 'N';
	report = deliver_csv(&f, "person", out.data);
	CHECK(report.total.changed == 1 && report.total.unchanged == 1);
	CHECK(store_count(&f, "select count(*) from person where name = '=AnN'") == 1);
}

TEST(an_export_stands_in_the_ledger)
{
	STORE f;
	CLEANUP(buf_fini) struct buf out = {.limit = FILE_MOST};

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\nbob,Bob\n");
	CHECK(store_count(&f, "select count(*) from event where kind = 'export'") == 0);
	extract(&f, store_reg(&f, "person"), DELIVERY_CSV, &out);
	CHECK(store_count(&f, "select count(*) from event where kind = 'export' "
			      "and detail like '%\"register\":\"person\"%'") == 1);
}
