/* network_priv.h -- listening sockets out of /proc/net. */
#ifndef COLLECT_NETWORK_PRIV_H
#define COLLECT_NETWORK_PRIV_H

#include "collect/collection_priv.h"

enum { MOST_HEX_WORDS = 4 };

struct net_table {
	const char *protocol;
	const char *path;
	size_t words;	/* of 32 bits in an address */
	uint32_t state; /* in which a socket waits for whoever comes */
};

struct sockets {
	struct socket *first;
	size_t count;
};

/* Adds the sockets of one table that listen. Returns how many lines made no sense. */
size_t network_read(struct lines *l, const struct net_table *table, struct arena *a,
		    struct sockets *sockets);

/* Sorts, and leaves each once. */
void network_keep(struct collection *c, const struct sockets *sockets);

#endif
