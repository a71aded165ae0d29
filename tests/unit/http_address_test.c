#include "http/address.h"

#include "http/http.h"
#include "test.h"

#include <string.h>

static const struct http_proxies *
proxies(const char *list, struct arena *a)
{
	const struct http_proxies *p = NULL;
	struct err e;

	CHECK(proxies_parse(list, "trust-proxy", a, &p, &e) == ERR_NONE);
	return p;
}

static bool
trusts(const char *list, const char *text)
{
	struct address a = {.is_local = true};
	struct arena arena;
	bool trusted;

	arena_init(&arena, 1 << 20);
	if (strcmp(text, "unix") != 0)
		CHECK(address_parse(str_of(text), &a));
	trusted = proxies_trust(proxies(list, &arena), &a);
	arena_fini(&arena);
	return trusted;
}

static const char *
client(const char *list, const char *peer, const char *forwarded)
{
	static char text[HTTP_ADDRESS_SIZE];
	struct address a = {.is_local = true};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (strcmp(peer, "unix") != 0)
		CHECK(address_parse(str_of(peer), &a));
	proxies_client(list ? proxies(list, &arena) : NULL, &a, str_of(forwarded), &a);
	address_text(&a, text, sizeof(text));
	arena_fini(&arena);
	return text;
}

TEST(http_address_trusts_the_networks_it_was_given)
{
	CHECK(trusts("192.0.2.0/24", "192.0.2.255") && !trusts("192.0.2.0/24", "192.0.3.0"));
	CHECK(trusts("192.0.2.1", "192.0.2.1") && !trusts("192.0.2.1", "192.0.2.2"));
	CHECK(trusts("10.0.0.0/9", "10.127.0.1") && !trusts("10.0.0.0/9", "10.128.0.1"));
	CHECK(trusts("2001:db8::/33", "2001:db8:7fff::1"));
	CHECK(!trusts("2001:db8::/33", "2001:db8:8000::1"));
	CHECK(trusts("0.0.0.0/0", "8.8.8.8") && !trusts("0.0.0.0/0", "2001:db8::1"));
	CHECK(trusts("::/0", "8.8.8.8"));
	CHECK(trusts("10.0.0.0/8, unix", "unix") && !trusts("::/0", "unix"));
	/* An IPv4 peer of an IPv6 socket is the same one. */
	CHECK(trusts("192.0.2.0/24", "::ffff:192.0.2.9"));
}

static bool
same_site(const char *one, const char *other)
{
	struct address a;
	struct address b;

	CHECK(address_parse(str_of(one), &a) && address_parse(str_of(other), &b));
	CHECK(address_same_site(&a, &b) == address_same_site(&b, &a));
	return address_same_site(&a, &b);
}

TEST(http_address_counts_an_ipv6_network_as_one)
{
	CHECK(same_site("192.0.2.1", "192.0.2.1") && !same_site("192.0.2.1", "192.0.2.2"));
	CHECK(same_site("2001:db8::1", "2001:db8::ffff:1"));
	CHECK(!same_site("2001:db8::1", "2001:db8:0:1::1"));
	CHECK(!same_site("::1", "192.0.2.1") && same_site("::ffff:1.2.3.4", "1.2.3.4"));
}

TEST(http_address_refuses_what_is_no_network)
{
	static const char *const bad[] = {
		"",	      "localhost", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/",
		"192.0.2/24", "::/129",	   "1.2.3.4,",	   "1.2.3.4/x",	   "[::1]"};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct http_proxies *p = NULL;
		struct arena a;
		struct err e;

		arena_init(&a, 1 << 20);
		CHECK(proxies_parse(bad[i], "trust-proxy", &a, &p, &e) == ERR_USAGE && !p);
		CHECK(strcmp(e.field, "trust-proxy") == 0);
		arena_fini(&a);
	}
}

TEST(http_address_believes_forwarded_only_from_a_trusted_proxy)
{
	CHECK(strcmp(client(NULL, "192.0.2.1", "203.0.113.9"), "192.0.2.1") == 0);
	CHECK(strcmp(client("10.0.0.0/8", "192.0.2.1", "203.0.113.9"), "192.0.2.1") == 0);
	CHECK(strcmp(client("10.0.0.0/8", "10.0.0.1", "203.0.113.9"), "203.0.113.9") == 0);
	CHECK(strcmp(client("10.0.0.0/8", "10.0.0.1", ""), "10.0.0.1") == 0);
	CHECK(strcmp(client("unix", "unix", "2001:db8::1"), "2001:db8::1") == 0);
	/* What the client itself wrote at the front is not asked. */
	CHECK(strcmp(client("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.9"), "203.0.113.9") == 0);
	CHECK(strcmp(client("10.0.0.0/8", "10.0.0.1", "203.0.113.9, 10.0.0.2,10.0.0.3"),
		     "203.0.113.9") == 0);
	/* What is no address ends the list. */
	CHECK(strcmp(client("10.0.0.0/8", "10.0.0.1", "203.0.113.9, x, 10.0.0.2"), "10.0.0.2") ==
	      0);
	CHECK(strcmp(client("10.0.0.0/8", "10.0.0.1", "unix"), "10.0.0.1") == 0);
}

TEST(http_address_reads_a_list_of_proxies_only_so_far)
{
	char list[4096] = "203.0.113.9";
	size_t n = strlen(list);

	for (int i = 0; i < 40; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, ",10.0.0.%d", i);
	CHECK(strncmp(client("10.0.0.0/8", "10.0.0.1", list), "10.", 3) == 0);
}
