#include "base/limits.h"
#include "collect/network_priv.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_LISTEN = 0x0a, STATE_UNCONNECTED = 0x07, HEX_PER_WORD = 8, HEX_PER_PORT = 4 };

static const struct net_table tables[] = {
	{"tcp",	"/proc/net/tcp",	 1, STATE_LISTEN	},
	{"tcp6", "/proc/net/tcp6", 4, STATE_LISTEN	  },
	{"udp",	"/proc/net/udp",	 1, STATE_UNCONNECTED},
	{"udp6", "/proc/net/udp6", 4, STATE_UNCONNECTED},
};

/* Takes exactly `digits` hexadecimal digits off *text. */
static bool
take_hex(struct str *text, size_t digits, uint32_t *ret_value)
{
	uint32_t value = 0;

	if (text->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		char byte = text->ptr[i];
		int digit = byte >= '0' && byte <= '9'	 ? byte - '0'
			    : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
			    : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
							 : -1;

		if (digit < 0)
			return false;
		value = value << 4 | (uint32_t)digit;
	}
	*text = (struct str){text->ptr + digits, text->len - digits};
	*ret_value = value;
	return true;
}

/* "0100007F:0016": words of the address as the processor holds them in memory, then the port as a
 * number. */
static bool
take_address(struct str text, const struct net_table *table, char address[INET6_ADDRSTRLEN],
	     uint32_t *ret_port)
{
	uint32_t words[MOST_HEX_WORDS];

	for (size_t i = 0; i < table->words; i++) {
		if (!take_hex(&text, HEX_PER_WORD, &words[i]))
			return false;
	}
	if (!text_skip(&text, ":") || !take_hex(&text, HEX_PER_PORT, ret_port) || text.len > 0)
		return false;
	return inet_ntop(table->words == 1 ? AF_INET : AF_INET6, words, address,
			 INET6_ADDRSTRLEN) != NULL;
}

/* Columns: number, local and remote address, state, queues, timer, retransmits, uid. */
static bool
parse_socket(struct str line, const struct net_table *table, struct arena *a,
	     struct socket *ret_socket, bool *ret_listens)
{
	struct socket socket = {.protocol = table->protocol};
	char address[INET6_ADDRSTRLEN];
	struct str local, state, uid = {0};
	uint32_t value;

	(void)text_word(&line);
	local = text_word(&line);
	(void)text_word(&line);
	state = text_word(&line);
	for (int skipped = 0; skipped < 4; skipped++)
		uid = text_word(&line);
	if (!take_hex(&state, 2, &value) || state.len > 0 || !str_int(uid, &socket.uid) ||
	    !take_address(local, table, address, &socket.port))
		return false;
	*ret_listens = value == table->state;
	if (*ret_listens)
		socket.address = str_z(a, str_of(address));
	*ret_socket = socket;
	return true;
}

size_t
network_read(struct lines *l, const struct net_table *table, struct arena *a,
	     struct sockets *sockets)
{
	size_t bad = 0;
	struct str line;

	/* The first line names the columns. */
	(void)lines_next(l, &line);
	while (!arena_over(a) && lines_next(l, &line)) {
		struct socket socket;
		struct socket *kept;
		bool listens;

		if (!parse_socket(line, table, a, &socket, &listens)) {
			bad++;
			continue;
		}
		if (!listens)
			continue;
		socket.next = sockets->first;
		kept = arena_alloc(a, sizeof(*kept));
		*kept = socket;
		sockets->first = kept;
		sockets->count++;
	}
	return bad;
}

static int
by_socket(const void *a, const void *b)
{
	const struct socket *const *x = a, *const *y = b;
	int order = strcmp((*x)->protocol, (*y)->protocol);

	if (order == 0)
		order = (*x)->port < (*y)->port ? -1 : (*x)->port > (*y)->port;
	if (order == 0)
		order = strcmp((*x)->address, (*y)->address);
	if (order == 0)
		order = (*x)->uid < (*y)->uid ? -1 : (*x)->uid > (*y)->uid;
	return order;
}

void
network_keep(struct collection *c, const struct sockets *sockets)
{
	const struct socket **list =
		arena_alloc(c->arena, (sockets->count + 1) * sizeof(struct socket *));
	size_t count = 0, kept = 0;

	for (const struct socket *s = sockets->first; s; s = s->next)
		list[count++] = s;
	qsort(list, count, sizeof(struct socket *), by_socket);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || by_socket(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	}
	if (kept > LIMIT_LIST_ITEMS) {
		collection_gap(c, "listening sockets", "%zu more than the %d that are listed",
			       kept - LIMIT_LIST_ITEMS, LIMIT_LIST_ITEMS);
		kept = LIMIT_LIST_ITEMS;
	}
	c->sockets = list;
	c->socket_count = kept;
}

void
network_probe(struct collection *c)
{
	struct sockets sockets = {0};

	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		CLEANUP(lines_fini) struct lines l = {0};
		size_t bad;

		/* A kernel without IPv6 has no tables of it. */
		if (!collection_open(c, tables[i].path,
				     tables[i].words == 1 ? "listening sockets" : NULL, &l))
			continue;
		bad = network_read(&l, &tables[i], c->arena, &sockets);
		collection_read(c, tables[i].path, "listening sockets", &l, bad);
	}
	network_keep(c, &sockets);
}

void
network_facts(const struct collection *c, struct json_writer *w)
{
	jw_key(w, "listening");
	jw_array(w);
	for (size_t i = 0; i < c->socket_count; i++) {
		const struct socket *s = c->sockets[i];

		jw_object(w);
		jw_key(w, "protocol");
		jw_text(w, str_of(s->protocol));
		jw_key(w, "address");
		jw_text(w, str_of(s->address));
		jw_key(w, "port");
		jw_int(w, s->port);
		jw_key(w, "uid");
		jw_int(w, s->uid);
		jw_end_object(w);
	}
	jw_end_array(w);
}
