/* collection_priv.h -- one run of collect: what the probes share.
 *
 * A probe never fails. What it cannot see it adds to the gaps, and the fact is null in the
 * records. Every path is below `root`. All memory is the arena's; collect_run asks after each probe
 * whether it is over.
 */
#ifndef COLLECT_COLLECTION_PRIV_H
#define COLLECT_COLLECTION_PRIV_H

#include "codec/json.h"
#include "collect/collect.h"
#include "collect/lines_priv.h"

enum { MS_PER_SECOND = 1000, MS_PER_DAY = 86400000 };

/* Unknown is not no, and is what a zeroed struct says. */
enum tri { UNKNOWN, NO, YES };

enum collect_register {
	IN_SYSTEM,
	IN_ASSET,
	IN_ACCOUNT,
	IN_SOFTWARE,
	IN_INSTALLATION,
	IN_ENDPOINT_STATUS,
};

enum daemon {
	DAEMON_CHRONYD,
	DAEMON_TIMESYNCD,
	DAEMON_NTPD,
	DAEMON_CLAMD,
	DAEMON_CLAMONACC,
	DAEMONS
};

struct word {
	struct str text;
	struct word *next;
};

struct socket {
	const char *protocol; /* tcp tcp6 udp udp6 */
	const char *address;
	uint32_t port;
	int64_t uid; /* of the process that opened it */
	const struct socket *next;
};

struct filesystem {
	const char *mount;  /* mount point, or "swap" */
	const char *device; /* "253:0", or a name that leads to no device */
	enum tri encrypted;
	struct filesystem *next;
};

struct clock_state {
	bool has_offset;
	int64_t offset_ms; /* above 0: this machine's clock is ahead */
	struct str source; /* name or address; {NULL, 0} when there is none */
};

/* What becomes the record of endpoint_status. */
struct endpoint {
	const char *malware_product;
	enum tri malware_running;
	enum tri malware_at_startup;
	enum tri malware_memory_resident;
	struct str engine_version;
	int64_t definitions_ms; /* 0: not known */
	enum tri disk_encrypted;
	const char *encryption_product;
	struct clock_state clock;
};

struct collection {
	const char *root;
	const char *host;
	int64_t now_ms;
	struct arena *arena;
	const struct collect_gap *gaps; /* in order */
	const struct collect_gap **gap_end;
	size_t gap_count;
	struct buf body; /* the records, which follow the first line */
	struct json_writer line;
	size_t records[COLLECT_REGISTERS];
	size_t bad_keys;
	size_t bad_values;
	struct str kernel;
	struct str build; /* PRETTY_NAME of the operating system */
	int64_t uptime_s; /* -1: not known */
	enum tri daemons[DAEMONS];
	const struct package **packages; /* sorted by name */
	size_t package_count;
	const struct socket **sockets;
	size_t socket_count;
	struct filesystem *filesystems; /* / first when its device is known */
	struct filesystem *last_filesystem;
	struct endpoint endpoint;
};

/* The register's name. */
const char *collection_register(enum collect_register in);

/* The probes, and what some of them add to the facts of the first line (an object is open). */
void host_probe(struct collection *c);
void host_facts(const struct collection *c, struct json_writer *w);
void daemons_probe(struct collection *c);
void accounts_probe(struct collection *c);
void packages_probe(struct collection *c);
void network_probe(struct collection *c);
void network_facts(const struct collection *c, struct json_writer *w);
void disk_probe(struct collection *c);
void disk_facts(const struct collection *c, struct json_writer *w);
void clock_probe(struct collection *c);
void malware_probe(struct collection *c);

/* PRETTY_NAME out of os-release(5), in the arena; {NULL, 0} when it has none. */
struct str host_pretty_name(struct lines *l, struct arena *a);

/* The host name in the arena; ERR_INVALID when it is none of its own, such as localhost. */
MUST_CHECK enum err_code host_name(struct collection *c, const char *given, struct err *e);

/* True when a package of this name is installed. */
bool packages_have(const struct collection *c, const char *name);

const char *arena_format(struct arena *a, const char *format, ...) PRINTF(2, 3);

/* Valid UTF-8 without control characters, not empty and at most `limit` bytes. */
bool text_is_clean(struct str text, size_t limit);

/* Cuts the text up to the next run of blanks and tabs off *rest; {NULL, 0} when only blanks are
 * left. */
struct str text_word(struct str *rest);

/* Takes `start` off *text when the text begins with it. */
bool text_skip(struct str *text, const char *start);

void collection_gap(struct collection *c, const char *what, const char *format, ...) PRINTF(3, 4);
const char *collection_path(struct collection *c, const char *path);

/* Opens a file. When it cannot, adds the gap `what` and returns false; `what` NULL makes no gap. */
bool collection_open(struct collection *c, const char *path, const char *what,
		     struct lines *ret_lines);

/* Adds the gap `what` when the reading of `path` broke off, dropped lines, or met `bad_lines` that
 * made no sense. */
void collection_read(struct collection *c, const char *path, const char *what,
		     const struct lines *l, size_t bad_lines);

/* The first line without blanks around it, in the arena; {NULL, 0} when the file cannot be read or
 * is empty. */
struct str collection_first_line(struct collection *c, const char *path);

/* True when the path exists below the root. */
bool collection_has(struct collection *c, const char *path);

/* Runs a program of this machine and gives its output; false when it is not there, fails, or a
 * folder stands for /. */
bool collection_run_program(struct collection *c, const char *const *argv, struct str *ret_out);

/* One record: begin, fields, end. Begin refuses (false, counted) a key that is no clean text or too
 * long; then nothing more is written. A field whose value is not known is null, and so is an
 * unclean text (counted). */
bool record_begin(struct collection *c, enum collect_register in, const char *key);
void record_text(struct collection *c, const char *field, struct str value);
void record_words(struct collection *c, const char *field, const struct str *words, size_t count);
void record_flag(struct collection *c, const char *field, enum tri value);
/* Something that happened: unknown when it is 0 or, as a wrong clock may say, more than a day
 * ahead. */
void record_instant(struct collection *c, const char *field, int64_t ms);
void record_end(struct collection *c);

#endif
