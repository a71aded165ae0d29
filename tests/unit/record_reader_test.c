#include "ledger/ledger.h"
#include "test.h"
#include "workspace_fixture.h"

#include <pthread.h>
#include <string.h>

TEST(workspace_reader_sees_what_is_written_and_writes_nothing)
{
	CLEANUP(workspace_closep) struct workspace *reader = NULL;
	struct checkpoint before;
	struct checkpoint after;
	struct record r;
	struct ctx *ctx;
	struct err e;
	KEPT f;

	kept_open(&f);
	CHECK(workspace_another(f.ws, DB_READ, &reader, &e) == ERR_NONE);
	ctx = workspace_ctx(reader);
	CHECK(ctx->model == f.ctx->model && ctx->db != f.ctx->db);
	CHECK(!workspace_key(reader)->has_secret && workspace_key(f.ws)->has_secret);
	CHECK(ledger_head(ctx->ledger, &before, &e) == ERR_NONE);
	r = kept_record(&f, "item", "one");
	CHECK(kept_put(&f, &r) > 0);
	CHECK(ledger_head(ctx->ledger, &after, &e) == ERR_NONE);
	CHECK(after.size > before.size);
	CHECK(db_exec(ctx->db, "delete from item", &e) != ERR_NONE);
}

static void *
reads(void *object)
{
	CLEANUP(workspace_closep) struct workspace *reader = NULL;
	struct err e;

	CHECK(workspace_another(object, DB_READ, &reader, &e) == ERR_NONE);
	for (int i = 0; i < 50; i++) {
		DB_TXN txn = {0};
		struct checkpoint head;

		CHECK(db_begin_read(workspace_ctx(reader)->db, &txn, &e) == ERR_NONE);
		CHECK(ledger_head(workspace_ctx(reader)->ledger, &head, &e) == ERR_NONE);
		CHECK(head.size > 0);
	}
	return NULL;
}

TEST(workspace_readers_serve_threads_of_their_own)
{
	pthread_t threads[4];
	struct record r;
	KEPT f;

	kept_open(&f);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, reads, f.ws) == 0);
	for (int i = 0; i < 20; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "k%d", i);
		r = kept_record(&f, "item", key);
		CHECK(kept_put(&f, &r) > 0);
	}
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		(void)pthread_join(threads[i], NULL);
}
