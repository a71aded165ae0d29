#include "http/address.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

enum { MAPPED_BITS = 96, ADDRESS_BITS = 128, SITE_BYTES = 8 };

struct network {
	struct address address;
	int bits;
};

struct http_proxies {
	struct network networks[LIMIT_HTTP_PROXIES];
	size_t count;
};

void
address_of(const struct sockaddr *sa, struct address *ret_address)
{
	struct address a = {0};

	if (sa && sa->sa_family == AF_INET) {
		memcpy(a.bytes, mapped, sizeof(mapped));
		memcpy(a.bytes + sizeof(mapped),
		       &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	} else if (sa && sa->sa_family == AF_INET6) {
		memcpy(a.bytes, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
	} else {
		a.is_local = true;
	}
	*ret_address = a;
}

bool
address_parse(struct str text, struct address *ret_address)
{
	struct address a = {0};
	char z[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(z) || (text.len > 0 && memchr(text.ptr, '\0', text.len)))
		return false;
	(void)snprintf(z, sizeof(z), "%.*s", STR_ARG(text));
	if (inet_pton(AF_INET, z, a.bytes + sizeof(mapped)) == 1)
		memcpy(a.bytes, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, z, a.bytes) != 1)
		return false;
	*ret_address = a;
	return true;
}

bool
address_same(const struct address *a, const struct address *b)
{
	return a->is_local == b->is_local && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
address_same_site(const struct address *a, const struct address *b)
{
	if (a->is_local || b->is_local || memcmp(a->bytes, mapped, sizeof(mapped)) == 0 ||
	    memcmp(b->bytes, mapped, sizeof(mapped)) == 0)
		return address_same(a, b);
	return memcmp(a->bytes, b->bytes, SITE_BYTES) == 0;
}

bool
address_is_loopback(const struct address *a)
{
	static const unsigned char v6[16] = {[15] = 1};

	if (a->is_local)
		return false;
	if (memcmp(a->bytes, mapped, sizeof(mapped)) == 0)
		return a->bytes[sizeof(mapped)] == 127;
	return memcmp(a->bytes, v6, sizeof(v6)) == 0;
}

void
address_text(const struct address *a, char *text, size_t size)
{
	bool is_4 = memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
	const void *bytes = is_4 ? a->bytes + sizeof(mapped) : a->bytes;

	if (a->is_local || !inet_ntop(is_4 ? AF_INET : AF_INET6, bytes, text, (socklen_t)size))
		(void)snprintf(text, size, "unix");
}

static bool
network_parse(struct str text, struct network *ret_network)
{
	struct network n = {.bits = ADDRESS_BITS};
	struct str bits = text;
	struct str name = str_cut(&bits, '/');
	int64_t number;
	int added;

	if (str_is(text, "unix")) {
		n.address.is_local = true;
		*ret_network = n;
		return true;
	}
	if (!address_parse(name, &n.address))
		return false;
	added = memchr(name.ptr, ':', name.len) ? 0 : MAPPED_BITS;
	if (bits.ptr) {
		if (!str_int(bits, &number) || number < 0 || number > ADDRESS_BITS - added)
			return false;
		n.bits = (int)number + added;
	}
	*ret_network = n;
	return true;
}

enum err_code
proxies_parse(const char *list, const char *field, struct arena *a,
	      const struct http_proxies **ret_proxies, struct err *e)
{
	struct http_proxies *p = arena_alloc(a, sizeof(*p));
	struct str rest = str_of(list);

	while (rest.ptr) {
		struct str text = str_trim(str_cut(&rest, ','));

		if (p->count == LIMIT_HTTP_PROXIES)
			return err_set(e, ERR_USAGE, field, "more than %d networks",
				       LIMIT_HTTP_PROXIES);
		if (!network_parse(text, &p->networks[p->count++]))
			return err_set(e, ERR_USAGE, field,
				       "'%.80s' is no network; write it as 192.0.2.0/24, "
				       "2001:db8::/32, an address, or unix",
				       str_z(a, text));
	}
	*ret_proxies = p;
	return ERR_NONE;
}

static bool
network_has(const struct network *n, const struct address *a)
{
	size_t whole = (size_t)n->bits / 8;
	unsigned mask = 0xffu << (8 - n->bits % 8);

	if (n->address.is_local || a->is_local)
		return n->address.is_local == a->is_local;
	if (memcmp(n->address.bytes, a->bytes, whole) != 0)
		return false;
	return n->bits % 8 == 0 || ((n->address.bytes[whole] ^ a->bytes[whole]) & mask & 0xff) == 0;
}

bool
proxies_trust(const struct http_proxies *p, const struct address *a)
{
	for (size_t i = 0; p && i < p->count; i++) {
		if (network_has(&p->networks[i], a))
			return true;
	}
	return false;
}

void
proxies_client(const struct http_proxies *p, const struct address *peer, struct str forwarded,
	       struct address *ret_client)
{
	struct address client = *peer;
	size_t taken = 0;

	/* Each proxy adds whom it saw at the end, so the list is read from there. */
	while (proxies_trust(p, &client) && forwarded.len > 0 && taken++ < LIMIT_HTTP_FORWARDED) {
		size_t start = forwarded.len;
		struct address before;

		while (start > 0 && forwarded.ptr[start - 1] != ',')
			start--;
		if (!address_parse(
			    str_trim((struct str){forwarded.ptr + start, forwarded.len - start}),
			    &before))
			break;
		client = before;
		forwarded.len = start > 0 ? start - 1 : 0;
	}
	*ret_client = client;
}
