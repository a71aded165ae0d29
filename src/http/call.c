#include "http/coding.h"
#include "http/server_priv.h"

#include "sys/clock.h"
#include "sys/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct http_thread *
thread_of(struct http_server *s)
{
	struct http_thread *t = pthread_getspecific(s->thread_key);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (t)
		t->shard = number_shard_new(s->o.route_count);
	if (!t || !t->shard || pthread_setspecific(s->thread_key, t) != 0)
		abort();
	t->server = s;
	(void)pthread_mutex_lock(&s->lock);
	t->shard->next = s->shards;
	s->shards = t->shard;
	(void)pthread_mutex_unlock(&s->lock);
	return t;
}

void
thread_free(void *thread)
{
	struct http_thread *t = thread;

	while (t->spare) {
		struct http_call *next = t->spare->next;

		arena_fini(&t->spare->arena);
		buf_fini(&t->spare->text);
		free(t->spare);
		t->spare = next;
	}
	free(t);
}

/* A call that ended leaves its memory for the next one of its thread. */
static struct http_call *
call_take(struct http_thread *t)
{
	struct http_call *c = t->spare;
	struct arena kept;
	struct buf text;

	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			abort();
		arena_init(&c->arena, REQUEST_MEMORY);
		return c;
	}
	t->spare = c->next;
	kept = c->arena;
	text = c->text;
	*c = (struct http_call){.arena = kept, .text = text};
	return c;
}

void *
call_begin(void *server, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *s = server;
	struct http_thread *t = thread_of(s);
	struct peer *p = peer_of(connection);
	struct http_call *c = call_take(t);
	struct http_request *r = &c->request;
	struct str raw;
	char *query;

	c->thread = t;
	c->peer = p;
	c->started_ns = clock_monotonic_ns();
	p->call = c;
	atomic_fetch_add(&s->busy, 1);
	(void)peer_enter(p, PEER_HEADERS, deadline_after(s->limits.header_ms));
	address_text(&p->address, r->address, sizeof(r->address));
	(void)snprintf(
		r->id, sizeof(r->id), "%016llx",
		(unsigned long long)random_mix(
			s->seed, atomic_fetch_add_explicit(&s->calls, 1, memory_order_relaxed)));
	r->arena = &c->arena;
	r->text = &c->text;
	r->object = s->o.object;
	r->call = c;
	r->tls = s->o.tls != NULL;
	/* The library is about to take the text apart in its place. */
	c->head.target = str_of(uri);
	raw = str_dup(&c->arena, c->head.target);
	c->target_fault = target_parse(raw, &c->arena, &c->target);
	r->target = raw;
	r->query = c->target.query;
	r->query_count = c->target.query_count;
	/* It need not make notes about the query, of which there might be more than it has memory
	 * for. The text is its buffer, which is const only in what it promises us. */
	query = strchr((char *)(uintptr_t)uri, '?');
	if (query && query[1])
		query[1] = '\0';
	return c;
}

static enum MHD_Result
header_take(void *object, enum MHD_ValueKind kind, const char *name, size_t name_len,
	    const char *value, size_t value_len)
{
	struct head *h = object;

	(void)kind;
	if (h->count < LIMIT_HTTP_HEADERS)
		h->headers[h->count] = (struct http_pair){
			{name,  name_len },
			  {value, value_len}
		    };
	h->count++;
	return MHD_YES;
}

static void
head_take(struct http_call *c, struct MHD_Connection *connection, const char *method,
	  const char *version)
{
	const union MHD_ConnectionInfo *size =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	c->has_head = true;
	c->head.block = (struct str){method, size ? size->header_size : 0};
	c->head.version = str_of(version);
	(void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, header_take, &c->head);
}

/* Lines of X-Forwarded-For are one list, in their order. */
static struct str
forwarded(struct http_call *c)
{
	CLEANUP(buf_fini) struct buf list = {.limit = LIMIT_HTTP_HEADER_BYTES};

	for (size_t i = 0; i < c->head.count && i < LIMIT_HTTP_HEADERS; i++) {
		const struct http_pair *h = &c->head.headers[i];

		if (head_is(h, "X-Forwarded-For"))
			buf_addf(&list, "%s%.*s", list.len ? "," : "", STR_ARG(h->value));
	}
	return str_dup(&c->arena, (struct str){list.data, list.failed ? 0 : list.len});
}

static void
client_take(struct http_call *c)
{
	const struct http_proxies *proxies = c->thread->server->o.proxies;
	struct http_request *r = &c->request;
	struct address client;

	r->host = head_find(&c->head, "Host");
	if (!proxies_trust(proxies, &c->peer->address))
		return;
	proxies_client(proxies, &c->peer->address, forwarded(c), &client);
	address_text(&client, r->address, sizeof(r->address));
	if (!r->tls)
		r->tls = str_is(head_find(&c->head, "X-Forwarded-Proto"), "https");
}

/* In place of what was answered. */
static void
reply_fail(struct http_call *c, const struct err *e)
{
	reply_end(c);
	c->reply = (struct http_reply){.who = c->reply.who};
	http_fail(&c->request, &c->reply, e);
}

static void
reply_make(struct http_call *c)
{
	struct err e = {0};

	if (c->match.route->answer(&c->request, &c->reply, &e))
		reply_fail(c, &e);
	if (c->match.route->packs)
		coding_pack(&c->request, &c->reply);
	c->answered = true;
}

void
call_work(struct http_call *c)
{
	struct err e = {0};

	if (!c->answered)
		reply_make(c);
	if (c->reply.before && c->reply.before(c->reply.before_object, &e))
		reply_fail(c, &e);
	c->replied = true;
}

static enum MHD_Result
answer(struct http_call *c, struct MHD_Connection *connection)
{
	struct err e = {0};

	if (!peer_enter(c->peer, PEER_ANSWER, 0))
		return MHD_NO;
	c->request.body = (struct str){c->body.data ? c->body.data : "", c->body.len};
	if (c->fault) {
		reply_fail(c, c->fault);
		return reply_send(c, connection);
	}
	if (!c->match.route->waits || !c->match.route->waits(&c->request))
		reply_make(c);
	if (!c->answered || c->reply.before) {
		if (work_take(c->thread->server->work, c))
			return MHD_YES;
		(void)err_set(&e, ERR_BUSY, "",
			      "too many requests wait already; try again in a moment");
		reply_fail(c, &e);
	}
	return reply_send(c, connection);
}

/* A file that cannot be written ends, and its room is free for others. Its body is passed over, as
 * whoever still sends might not hear why it is refused. */
static void
upload_fail(struct http_call *c, const struct err *e)
{
	scratch_free(c->request.upload);
	c->request.upload = NULL;
	c->fault = arena_alloc(&c->arena, sizeof(*c->fault));
	*c->fault = *e;
}

static void
upload_begin(struct http_call *c)
{
	struct err e = {0};

	if (scratch_new(&c->request.upload, &e))
		upload_fail(c, &e);
}

static void
upload_take(struct http_call *c, struct str bytes)
{
	struct err e = {0};

	if (!c->fault && scratch_add(c->request.upload, bytes, &e))
		upload_fail(c, &e);
}

static enum MHD_Result
body_take(struct http_call *c, const char *bytes, size_t *size)
{
	struct http_server *s = c->thread->server;
	int64_t ms;

	if (c->match.route->to_file)
		upload_take(c, (struct str){bytes, *size});
	else
		buf_add(&c->body, bytes, *size);
	c->received += *size;
	atomic_fetch_add(&s->body_bytes, *size);
	*size = 0;
	ms = s->limits.body_ms + (int64_t)(c->received * RATE_MS / LIMIT_HTTP_BODY_RATE);
	if (c->body.failed || atomic_load(&s->body_bytes) > s->limits.bodies)
		return MHD_NO;
	return peer_enter(c->peer, PEER_BODY, c->body_ns + ms * NS_A_MS) ? MHD_YES : MHD_NO;
}

/* The head is there. A reply now would end the connection, whatever comes after: so it is only for
 * those whose body is not wanted, or cannot be found. */
static enum MHD_Result
head_answer(struct http_call *c, struct MHD_Connection *connection)
{
	client_take(c);
	c->replied = call_refused(c, &c->reply);
	if (c->replied && (c->length > 0 || !c->framed))
		return reply_send(c, connection);
	if (c->length == 0)
		return MHD_YES;
	if (c->match.route->to_file)
		upload_begin(c);
	else
		buf_init(&c->body, (size_t)c->length + 1);
	c->body_ns = clock_monotonic_ns();
	return peer_enter(c->peer, PEER_BODY, deadline_after(c->thread->server->limits.body_ms))
		       ? MHD_YES
		       : MHD_NO;
}

/* The library calls this when the head is there, for each piece of a body, when all is there, and
 * when a worker has answered. */
enum MHD_Result
call_continue(void *server, struct MHD_Connection *connection, const char *url, const char *method,
	      const char *version, const char *bytes, size_t *size, void **context)
{
	struct http_call *c = *context;

	(void)server;
	(void)url;
	if (!c->has_head) {
		head_take(c, connection, method, version);
		return head_answer(c, connection);
	}
	if (*size > 0)
		return body_take(c, bytes, size);
	return c->replied ? reply_send(c, connection) : answer(c, connection);
}

void
call_end(void *server, struct MHD_Connection *connection, void **context,
	 enum MHD_RequestTerminationCode how)
{
	struct http_server *s = server;
	struct http_call *c = *context;
	struct peer *p = c->peer;
	bool whole = how == MHD_REQUEST_TERMINATED_COMPLETED_OK;

	(void)connection;
	reply_end(c);
	call_record(c, whole);
	atomic_fetch_sub(&s->body_bytes, c->received);
	buf_fini(&c->body);
	scratch_free(c->request.upload);
	arena_reset(&c->arena);
	if (c->text.cap > TEXT_KEPT)
		buf_fini(&c->text);
	c->text.len = 0;
	c->text.failed = false;
	c->next = c->thread->spare;
	c->thread->spare = c;
	p->call = NULL;
	atomic_fetch_sub(&s->busy, 1);
	if (peer_enter(p, PEER_IDLE, deadline_after(s->limits.idle_ms)) && whole &&
	    atomic_load(&s->draining))
		(void)shutdown(p->fd, SHUT_RDWR);
}
