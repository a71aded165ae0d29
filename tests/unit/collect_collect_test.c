#include "collect/collect.h"
#include "collect_root.h"

#include <jansson.h>

#define GOLDEN "tests/golden/collect/web1"

/* Runs collect over a folder; the caller frees. */
static char *
collected(struct root *r, const char *folder, const char *host, int64_t now_ms,
	  struct collect_summary *ret_summary)
{
	struct collect_options options = {.root = folder, .host = host, .now_ms = now_ms};
	struct err e = {0};
	struct buf out;

	buf_init(&out, COLLECT_ARENA);
	CHECK(collect_run(&options, &r->arena, &out, ret_summary, &e) == ERR_NONE);
	return buf_take(&out);
}

static const char *
text_at(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	CHECK(text);
	return text;
}

/* The registers are declared in content/: a field that is not there could not be imported. */
static void
check_fields(struct arena *a, json_t *record)
{
	const char *path =
		arena_format(a, "content/registers/%s.yaml", text_at(record, "register"));
	struct err e = {0};
	struct str yaml;
	const char *name;
	json_t *value;

	CHECK(file_load(path, LIMIT_PLAN_FILE_BYTES, a, &yaml, &e) == ERR_NONE);
	json_object_foreach(record, name, value)
	{
		CHECK(strcmp(name, "register") == 0 || strcmp(name, "key") == 0 ||
		      strstr(yaml.ptr, arena_format(a, "{name: %s, ", name)));
	}
	/* What is not known is null; the names of records are always known. */
	CHECK(json_is_string(json_object_get(record, "key")));
}

static void
check_reference(const json_t *seen, const json_t *record, const char *field, const char *target,
		struct arena *a)
{
	const char *key = json_string_value(json_object_get(record, field));

	if (key)
		CHECK(json_object_get(seen, arena_format(a, "%s %s", target, key)));
}

/* Each line is JSON; keys are unique in their register; references lead to an earlier record. */
static size_t
check_delivery(struct root *r, const char *text)
{
	struct str rest = str_of(text);
	json_t *seen = json_object();
	struct err e = {0};
	size_t records = 0;
	json_t *first;

	CHECK(rest.len > 0 && rest.ptr[rest.len - 1] == '\n');
	CHECK(json_read(str_cut(&rest, '\n'), &first, &e) == ERR_NONE);
	CHECK(strcmp(text_at(first, "holdfast"), "delivery") == 0);
	CHECK(json_integer_value(json_object_get(first, "version")) == 1);
	CHECK(json_is_array(json_object_get(first, "not_seen")));
	while (rest.len > 0) {
		json_t *record;
		const char *key;

		CHECK(json_read(str_cut(&rest, '\n'), &record, &e) == ERR_NONE);
		check_fields(&r->arena, record);
		check_reference(seen, record, "asset", "asset", &r->arena);
		check_reference(seen, record, "system", "system", &r->arena);
		check_reference(seen, record, "software", "software", &r->arena);
		check_reference(seen, record, "malware_product", "software", &r->arena);
		check_reference(seen, record, "encryption_product", "software", &r->arena);
		key = arena_format(&r->arena, "%s %s", text_at(record, "register"),
				   text_at(record, "key"));
		CHECK(!json_object_get(seen, key));
		CHECK(json_object_set_new(seen, key, json_true()) == 0);
		records++;
		json_decref(record);
	}
	json_decref(first);
	json_decref(seen);
	return records;
}

TEST(collect_tells_of_a_host_what_the_golden_file_tells)
{
	struct collect_summary summary;
	struct err e = {0};
	struct str expected;
	struct root r;
	char *text;

	root_init(&r);
	text = collected(&r, GOLDEN, NULL, COLLECT_NOW, &summary);
	CHECK(file_load(GOLDEN ".jsonl", COLLECT_ARENA, &r.arena, &expected, &e) == ERR_NONE);
	CHECK(str_eq(expected, str_of(text)));
	CHECK(check_delivery(&r, text) == 26);
	CHECK(strcmp(summary.host, "web1") == 0);
	CHECK(strcmp(summary.counts[2].register_name, "account") == 0);
	CHECK(summary.counts[2].records == 13);
	CHECK(summary.gap_count == 5);
	free(text);
	root_fini(&r);
}

TEST(collect_writes_no_password_and_no_hash)
{
	struct collect_summary summary;
	struct root r;
	char *text;

	root_init(&r);
	text = collected(&r, GOLDEN, NULL, COLLECT_NOW, &summary);
	CHECK(!strstr(text, "$6$") && !strstr(text, "$y$") && !strstr(text, "Hash"));
	CHECK(!strstr(text, "madeupsalt"));
	free(text);
	root_fini(&r);
}

TEST(collect_gives_the_same_keys_a_day_later)
{
	struct collect_summary summary;
	struct root r;
	char *one, *two, *rest_one, *rest_two;

	root_init(&r);
	one = collected(&r, GOLDEN, NULL, COLLECT_NOW, &summary);
	two = collected(&r, GOLDEN, NULL, COLLECT_NOW + MS_PER_DAY, &summary);
	rest_one = strchr(one, '\n');
	rest_two = strchr(two, '\n');
	*strstr(rest_one, "{\"register\":\"endpoint_status\"") = '\0';
	*strstr(rest_two, "{\"register\":\"endpoint_status\"") = '\0';
	CHECK(strcmp(rest_one, rest_two) == 0);
	free(one);
	free(two);
	root_fini(&r);
}

TEST(collect_reads_this_machine)
{
	struct collect_summary summary;
	struct root r;
	char *text;

	root_init(&r);
	text = collected(&r, "", "this-machine", COLLECT_NOW, &summary);
	CHECK(check_delivery(&r, text) >= 3);
	CHECK(strstr(text, "\"host\":\"this-machine\""));
	free(text);
	root_fini(&r);
}

TEST(collect_says_of_an_empty_folder_that_it_saw_nothing)
{
	struct collect_summary summary;
	struct root r;
	char *text;

	root_init(&r);
	text = collected(&r, r.path, "Empty", COLLECT_NOW, &summary);
	CHECK(check_delivery(&r, text) == 3);
	CHECK(strstr(text, "accounts: /etc/passwd is not there"));
	CHECK(strstr(text, "\"register\":\"asset\",\"key\":\"empty\",\"kind\":null"));
	CHECK(strstr(text, "\"disk_encrypted\":null") && strstr(text, "\"malware_running\":null"));
	CHECK(summary.gap_count >= 10);
	free(text);
	root_fini(&r);
}

TEST(collect_without_root_sees_less_and_says_so)
{
	struct collect_summary summary;
	struct root r;
	char *text;

	root_init(&r);
	root_put(&r, "/etc/passwd", "amara:x:1000:1000::/home/amara:/bin/bash\n");
	root_put(&r, "/etc/group", "amara:x:1000:\n");
	root_put(&r, "/etc/shadow", "amara:$6$a$bbbbbbbbbbbbbbbbbbbbbb:20000::::::\n");
	root_put(&r, "/etc/sudoers", "amara ALL=(ALL) ALL\n");
	CHECK(chmod(arena_format(&r.arena, "%s/etc/shadow", r.path), 0) == 0);
	CHECK(chmod(arena_format(&r.arena, "%s/etc/sudoers", r.path), 0) == 0);
	if (geteuid() == 0)
		CHECK(seteuid(65534) == 0);
	text = collected(&r, r.path, "h1", COLLECT_NOW, &summary);
	CHECK(strstr(text, "/etc/shadow may not be read; run as root"));
	CHECK(strstr(text, "sudo rights: /etc/sudoers may not be read; run as root"));
	CHECK(strstr(text,
		     "{\"register\":\"account\",\"key\":\"amara@h1\",\"login\":\"amara\","
		     "\"kind\":\"user\",\"system\":\"h1\",\"observed_permissions\":[\"amara\"],"));
	CHECK(strstr(text, "\"enabled\":null"));
	free(text);
	if (getuid() == 0)
		CHECK(seteuid(0) == 0);
	root_fini(&r);
}

TEST(collect_refuses_a_host_without_a_name_of_its_own)
{
	struct collect_options options = {.now_ms = COLLECT_NOW};
	static const char *const given[] = {"a b", "a/b", "a@b", "\xff", "\n"};
	struct collect_summary summary;
	struct err e = {0};
	struct root r;
	struct buf out;

	root_init(&r);
	options.root = r.path;
	buf_init(&out, COLLECT_ARENA);
	CHECK(collect_run(&options, &r.arena, &out, &summary, &e) == ERR_INVALID);
	root_put(&r, "/etc/hostname", "localhost\n");
	CHECK(collect_run(&options, &r.arena, &out, &summary, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "--host"));
	for (size_t i = 0; i < COUNT_OF(given); i++) {
		options.host = given[i];
		CHECK(collect_run(&options, &r.arena, &out, &summary, &e) == ERR_INVALID);
	}
	CHECK(out.len == 0);
	buf_fini(&out);
	root_fini(&r);
}

TEST(collect_says_when_there_is_no_room)
{
	struct collect_options options = {.root = GOLDEN, .now_ms = COLLECT_NOW};
	struct collect_summary summary;
	struct err e = {0};
	struct arena small;
	struct root r;
	struct buf out;

	root_init(&r);
	buf_init(&out, 1000);
	CHECK(collect_run(&options, &r.arena, &out, &summary, &e) == ERR_TOO_BIG);
	buf_fini(&out);
	arena_init(&small, 1000);
	buf_init(&out, COLLECT_ARENA);
	CHECK(collect_run(&options, &small, &out, &summary, &e) == ERR_TOO_BIG);
	CHECK(out.len == 0);
	buf_fini(&out);
	arena_fini(&small);
	root_fini(&r);
}

/* Every file that collect reads is a piece of a program, of a picture, or one endless line. */
TEST(collect_survives_files_that_are_junk)
{
	static const char *const paths[] = {
		"/etc/passwd",
		"/etc/shadow",
		"/etc/group",
		"/etc/sudoers",
		"/etc/os-release",
		"/etc/nsswitch.conf",
		"/etc/login.defs",
		"/proc/net/tcp",
		"/proc/net/udp6",
		"/proc/self/mountinfo",
		"/proc/swaps",
		"/proc/uptime",
		"/proc/cpuinfo",
		"/proc/1/comm",
		"/proc/sys/kernel/osrelease",
		"/sys/class/dmi/id/chassis_type",
		"/var/lib/dpkg/status",
		"/var/log/lastlog",
		"/var/log/wtmp",
		"/var/lib/clamav/daily.cvd",
		"/usr/sbin/clamd",
	};
	enum { JUNK = LIMIT_ROW_BYTES + LIMIT_ROW_BYTES / 2, KINDS = 3 };
	struct collect_summary summary;
	struct root r;
	uint32_t chance = 1;
	char *junk, *text;

	root_init(&r);
	junk = arena_alloc(&r.arena, JUNK);
	for (int kind = 0; kind < KINDS; kind++) {
		for (size_t i = 0; i < JUNK; i++) {
			chance = chance * 1664525 + 1013904223;
			junk[i] = kind == 0 ? 'a' : (char)(unsigned char)(chance >> 24);
			if (kind == 2 && junk[i] < ' ')
				junk[i] = ':';
		}
		for (size_t i = 0; i < COUNT_OF(paths); i++)
			root_put_bytes(&r, paths[i], junk, kind == 0 ? JUNK : JUNK / 16);
		text = collected(&r, r.path, "h1", COLLECT_NOW, &summary);
		CHECK(check_delivery(&r, text) == 3);
		free(text);
	}
	root_fini(&r);
}
