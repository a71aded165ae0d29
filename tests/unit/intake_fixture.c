#include "intake_fixture.h"

#include "test.h"

#include <string.h>

enum { PIECE = 7 };

static enum err_code
piece_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct text_file *f = object;
	size_t len = f->text.len - f->at;

	(void)e;
	len = len > PIECE && f->text.len < 4096 ? PIECE : len;
	len = len > size ? size : len;
	memcpy(bytes, f->text.ptr + f->at, len);
	f->at += len;
	*ret_len = len;
	return ERR_NONE;
}

enum err_code
deliver(struct store_fixture *f, const struct delivery_options *o, struct text_file *files,
	size_t count, struct delivery_report *ret_report)
{
	struct delivery_options own = o ? *o : (struct delivery_options){0};
	struct delivery_file in[8] = {0};

	CHECK(count <= COUNT_OF(in));
	for (size_t i = 0; i < count; i++) {
		files[i].at = 0;
		in[i].name = files[i].name;
		in[i].format = files[i].text.len > 0 && files[i].text.ptr[0] == '{'
				       ? DELIVERY_JSON_LINES
				       : DELIVERY_CSV;
		in[i].reg = files[i].reg ? store_reg(f, files[i].reg) : NULL;
		in[i].at_hand = !files[i].slow;
		in[i].source = (struct byte_source){piece_read, &files[i]};
	}
	if (!own.organisation)
		own.organisation = f->home;
	return delivery_import(f->ctx, &own, in, count, ret_report);
}

struct delivery_report
deliver_csv(struct store_fixture *f, const char *reg, const char *text)
{
	struct text_file file = {.name = "file.csv", .reg = reg, .text = str_of(text)};
	struct delivery_report report;

	CHECK(!deliver(f, NULL, &file, 1, &report));
	return report;
}

bool
counts_are(const struct delivery_counts *c, const struct delivery_counts *expected)
{
	return memcmp(c, expected, sizeof(*c)) == 0;
}
