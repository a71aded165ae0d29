/* address.h -- who is at the other end, also behind a proxy that is trusted. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <sys/socket.h>

/* An IPv6 address, or IPv4 mapped into it (RFC 4291 section 2.5.5.2); a socket of this machine has
 * none. */
struct address {
	unsigned char bytes[16];
	bool is_local;
};

struct http_proxies;

void address_of(const struct sockaddr *sa, struct address *ret_address);
bool address_parse(struct str text, struct address *ret_address);
bool address_same(const struct address *a, const struct address *b);
/* The same, or in the same IPv6 network of 64 bits, whose addresses are one customer's. */
bool address_same_site(const struct address *a, const struct address *b);
bool address_is_loopback(const struct address *a);
/* "192.0.2.1", "2001:db8::1" or "unix". */
void address_text(const struct address *a, char *text, size_t size);

/* Networks as 192.0.2.0/24 or 2001:db8::/32, addresses, and "unix", parted by commas. ERR_USAGE
 * when one is none, with `field` as what is at fault. Lives in the arena. */
MUST_CHECK enum err_code proxies_parse(const char *list, const char *field, struct arena *a,
				       const struct http_proxies **ret_proxies, struct err *e);
/* `p` may be NULL: trusts none. */
bool proxies_trust(const struct http_proxies *p, const struct address *a);
/* The client: the last address in X-Forwarded-For (`forwarded`) that is no trusted proxy, when the
 * peer is one. What others wrote there is not believed. */
void proxies_client(const struct http_proxies *p, const struct address *peer, struct str forwarded,
		    struct address *ret_client);

#endif
