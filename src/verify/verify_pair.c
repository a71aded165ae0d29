#include "verify/verify_priv.h"

#include "base/limits.h"

/* Two connections that read the same state share the parts out between them. The first also walks
 * the tree and finishes. */
struct pair {
	struct sharing sharing;
	struct verifier verifiers[2];
	struct ctx ctxs[2]; /* each with its connection, arena, hasher and error */
	struct arena arena; /* of the second */
	struct hasher *hasher;
};

static void
amiss_tell(struct verifier *v, enum err_code rc)
{
	if (!rc && v->faults == 0)
		return;
	(void)pthread_mutex_lock(&v->sharing->lock);
	v->sharing->amiss = true;
	(void)pthread_mutex_unlock(&v->sharing->lock);
}

static void *
second_run(void *object)
{
	struct verifier *v = object;
	enum err_code rc = verifier_open(v);

	if (!rc)
		rc = verify_taken(v);
	amiss_tell(v, rc);
	return NULL;
}

static void
first_run(struct verifier *v)
{
	enum err_code rc = verify_tables(v);

	if (!rc && !v->faults)
		rc = verifier_open(v);
	if (!rc && !v->faults)
		rc = verify_before(v);
	if (!rc && !v->faults)
		rc = verify_taken(v);
	amiss_tell(v, rc);
}

/* Without a thread for the second, the first does all. */
static bool
pair_run(struct pair *p, struct verification *out)
{
	struct verifier *first = &p->verifiers[0];
	struct verifier *second = &p->verifiers[1];
	pthread_t thread;
	bool two = pthread_create(&thread, NULL, second_run, second) == 0;

	first_run(first);
	if (two)
		(void)pthread_join(thread, NULL);
	if (p->sharing.amiss || (two && !ledger_audit_join(first->audit, second->audit)))
		return false;
	return verify_after(first, out) == ERR_NONE && out->faults == 0;
}

static void
pair_init(struct pair *p, struct ctx *ctx, struct db **readers, const struct verify_options *o)
{
	p->sharing.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	verify_parts(ctx, &p->sharing);
	for (size_t i = 0; i < COUNT_OF(p->verifiers); i++) {
		p->ctxs[i] = *ctx;
		p->ctxs[i].db = readers[i];
		p->verifiers[i] = (struct verifier){.ctx = &p->ctxs[i],
						    .o = o,
						    .sharing = &p->sharing,
						    .quiet = true,
						    .progress = i == 0};
	}
	p->ctxs[1].arena = &p->arena;
	p->ctxs[1].hasher = p->hasher;
}

bool
verify_by_two(struct ctx *ctx, const struct verify_options *o,
	      struct verification *ret_verification)
{
	struct pair p = {0};
	struct db *readers[COUNT_OF(p.verifiers)];
	size_t count = COUNT_OF(readers);
	struct err none;
	bool holds = false;

	if (hasher_new(&p.hasher, &none))
		return false;
	arena_init(&p.arena, LIMIT_IMPORT_MEMORY_BYTES);
	if (db_readers(ctx->db, readers, &count, &none))
		count = 0;
	if (count == COUNT_OF(readers)) {
		pair_init(&p, ctx, readers, o);
		holds = pair_run(&p, ret_verification);
		for (size_t i = 0; i < count; i++)
			verifier_close(&p.verifiers[i]);
	}
	for (size_t i = 0; i < count; i++)
		db_close(readers[i]);
	arena_fini(&p.arena);
	hasher_free(p.hasher);
	return holds;
}
