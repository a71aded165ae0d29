#include "http_fixture.h"

#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct ticking {
	struct world *world;
	int said;
	int pieces; /* of a long reply, to go */
};

static enum err_code
echo(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	struct str name = http_parameter(r, "name");

	(void)e;
	reply->type = "text/plain";
	reply->body = r->body.len ? r->body : name;
	reply->who = name;
	http_reply_header(reply, "Etag", http_query(r, "tag"));
	return ERR_NONE;
}

static enum err_code
file_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 100};
	char ends[16] = "";
	size_t one = 1, rest = sizeof(ends) - 1;
	int64_t length = r->upload ? scratch_length(r->upload) : 0;

	if (length > 0)
		CHECK(!scratch_read(r->upload, 0, ends, &one, e) &&
		      !scratch_read(r->upload, length - 1, ends + 1, &rest, e) && rest == 1);
	buf_addf(&text, "%lld bytes, %.2s, %zu in memory", (long long)length, ends, r->body.len);
	reply->type = "text/plain";
	reply->body = str_dup(r->arena, (struct str){text.data, text.len});
	return ERR_NONE;
}

static enum err_code
fail(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	(void)reply;
	if (str_is(http_parameter(r, "kind"), "inside"))
		return err_set(e, ERR_INTERNAL, "", "the secret of the house");
	return err_set(e, ERR_INVALID, "name", "a name has no blanks");
}

static enum err_code
split(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	(void)r;
	(void)e;
	http_reply_header(reply, "Location", str_of("/x\r\nSet-Cookie: a=b"));
	return ERR_NONE;
}

static enum http_pull
long_pull(void *object, char *bytes, size_t size, size_t *ret_len)
{
	struct ticking *t = object;

	if (t->pieces == -1)
		return HTTP_PULL_FAILED;
	if (t->pieces == 0)
		return HTTP_PULL_END;
	t->pieces--;
	*ret_len = size < 1000 ? size : 1000;
	memset(bytes, 'x', *ret_len);
	return HTTP_PULL_MORE;
}

static enum http_pull
tick_pull(void *object, char *bytes, size_t size, size_t *ret_len)
{
	struct ticking *t = object;

	if (atomic_load(&t->world->ticks) <= t->said)
		return HTTP_PULL_WAIT;
	*ret_len = (size_t)snprintf(bytes, size, "data: %d\n\n", ++t->said);
	return HTTP_PULL_MORE;
}

static void
source_close(void *object)
{
	struct ticking *t = object;

	atomic_fetch_sub(&t->world->open, 1);
}

static enum err_code
stream(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	struct ticking *t = arena_alloc(r->arena, sizeof(*t));
	struct str kind = http_parameter(r, "kind");

	(void)e;
	t->world = r->object;
	t->pieces = str_is(kind, "broken") ? -1 : 200;
	atomic_fetch_add(&t->world->open, 1);
	reply->type = "text/plain";
	reply->source = (struct http_source){.pull = long_pull, .close = source_close, .object = t};
	if (str_is(kind, "events")) {
		reply->type = "text/event-stream";
		reply->source.pull = tick_pull;
		reply->source.events = true;
	}
	return str_is(kind, "refused") ? err_set(e, ERR_DENIED, "", "not now") : ERR_NONE;
}

static enum err_code
long_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	int64_t count = 0;
	char *text;

	(void)e;
	CHECK(str_int(http_parameter(r, "count"), &count) && count > 1);
	text = arena_alloc(r->arena, (size_t)count);
	memset(text, 'x', (size_t)count);
	text[0] = text[count - 1] = '"';
	reply->type = "application/json";
	if (!http_unchanged(r, reply, str_of("\"7\"")))
		reply->body = (struct str){text, (size_t)count};
	return ERR_NONE;
}

static bool
always(const struct http_request *r)
{
	(void)r;
	return true;
}

/* Waits until the world lets it go. */
static enum err_code
wait_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	struct world *w = r->object;

	atomic_fetch_add(&w->waiting, 1);
	while (atomic_load(&w->held))
		(void)usleep(500);
	atomic_fetch_sub(&w->waiting, 1);
	return echo(r, reply, e);
}

static enum err_code
done_before(void *object, struct err *e)
{
	struct world *w = object;

	while (atomic_load(&w->held))
		(void)usleep(500);
	if (atomic_fetch_add(&w->done, 1) % 2)
		return err_set(e, ERR_DENIED, "", "it could not be noted");
	return ERR_NONE;
}

/* A stream before which something is to be done, which goes well each other time. */
static enum err_code
note_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	reply->before = done_before;
	reply->before_object = r->object;
	return stream(r, reply, e);
}

static const struct http_route routes[] = {
	{.method = HTTP_GET,		     .pattern = "/echo/{name}",		.answer = echo},
	{.method = HTTP_POST,		      .pattern = "/echo/{name}",		 .answer = echo,.body_max = 100000},
	{.method = HTTP_GET,				    .pattern = "/long/{count}",							  .answer = long_answer,.packs = true},
	{.method = HTTP_GET,			     .pattern = "/packed/{kind}",							      .answer = stream,						    .packs = true},
	{.method = HTTP_POST,
	 .pattern = "/file",
	 .answer = file_answer,
	 .body_max = 1000000,
	 .to_file = true},
	{.method = HTTP_PUT,
	 .pattern = "/echo/{name}",
	 .answer = echo,
	 .types = "application/json text/csv",
	 .body_max = 100},
	{.method = HTTP_GET,				    .pattern = "/fail/{kind}",							  .answer = fail},
	{.method = HTTP_GET, .pattern = "/split",							       .answer = split},
	{.method = HTTP_GET,.pattern = "/stream/{kind}",.answer = stream},
	{.method = HTTP_GET,		     .pattern = "/wait/{name}",.answer = wait_answer,.waits = always},
	{.method = HTTP_POST,
	 .pattern = "/wait/{name}",
	 .answer = wait_answer,
	 .body_max = 100000,
	 .waits = always},
	{.method = HTTP_GET,.pattern = "/note/{kind}",					.answer = note_answer},
};

struct fixture *
http_fixture_open(struct http_limits limits)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct http_options o = {
		.routes = routes, .route_count = COUNT_OF(routes), .limits = limits};
	struct err e;

	(void)signal(SIGPIPE, SIG_IGN);
	CHECK(f);
	f->log_fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	CHECK(log_open(f->log_fd, &f->log, &e) == ERR_NONE);
	CHECK(listen_parse("127.0.0.1:0", &f->at, &e) == ERR_NONE && f->at.is_local);
	CHECK(listen_open(&f->at, &o.listener, &e) == ERR_NONE);
	CHECK(getsockname(o.listener, &f->at.at.any, &f->at.size) == 0);
	o.object = &f->world;
	o.log = f->log;
	CHECK(http_server_new(&o, &f->world.server, &e) == ERR_NONE);
	return f;
}

void
http_fixture_close(struct fixture *f, char log[65536])
{
	ssize_t n;

	http_server_free(f->world.server);
	log_close(f->log);
	CHECK(atomic_load(&f->world.open) == 0);
	n = pread(f->log_fd, log, 65535, 0);
	CHECK(n >= 0);
	log[n] = '\0';
	(void)close(f->log_fd);
	free(f);
}

int
http_dial(const struct fixture *f)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(fd >= 0 && connect(fd, &f->at.at.any, f->at.size) == 0);
	return fd;
}

void
http_say(int fd, const char *text)
{
	CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

void
http_hear(int fd, const char *text, char *got, size_t size)
{
	size_t len = 0;

	got[0] = '\0';
	while (!text || !strstr(got, text)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		CHECK(len + 1 < size);
		CHECK(poll(&p, 1, 20000) == 1);
		n = recv(fd, got + len, size - len - 1, 0);
		if (n <= 0) {
			if (text)
				fprintf(stderr, "no '%s' in: %s\n", text, got);
			CHECK(!text);
			return;
		}
		len += (size_t)n;
		got[len] = '\0';
	}
}

char *
http_ask(const struct fixture *f, const char *request)
{
	static char got[1 << 20];
	int fd = http_dial(f);

	http_say(fd, request);
	http_hear(fd, NULL, got, sizeof(got));
	(void)close(fd);
	return got;
}

bool
http_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fprintf(stderr, "no '%s' in: %s\n", part, text);
	return strstr(text, part) != NULL;
}
