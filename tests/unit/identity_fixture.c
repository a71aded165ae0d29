#include "identity_fixture.h"

#include "identity/totp.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

void
desk_open(struct desk_fixture *f)
{
	struct err e = {0};

	*f = (struct desk_fixture){0};
	store_open(&f->store);
	f->now = f->store.ctx->clock.fixed_ms;
	CHECK(!identity_new(workspace_key(f->store.ws), NULL, &f->identity, &e));
	f->v = (struct visit){.ctx = f->store.ctx,
			      .identity = f->identity,
			      .address = str_of("192.0.2.1"),
			      .agent = str_of("a browser")};
	f->ann = desk_person(f, "ann");
}

void
desk_close(struct desk_fixture *f)
{
	identity_free(f->identity);
	store_close(&f->store);
}

void
desk_wait(struct desk_fixture *f, int64_t ms)
{
	f->now += ms;
	f->store.ctx->clock.fixed_ms = f->now;
}

int64_t
desk_person(struct desk_fixture *f, const char *key)
{
	struct record r = store_record(&f->store, "person", key);
	struct login_new n = {.name = str_of(key)};
	char name[RECORD_NAME_SIZE];
	int64_t id;

	store_set(&f->store, &r, "name", key);
	id = store_put(&f->store, &r);
	record_name(f->store.model, id, name);
	n.person = name;
	CHECK(!login_add(&f->v, &n));
	CHECK(!login_set_password(&f->v, str_of(key), str_of(PASSWORD)));
	return id;
}

void
desk_assign(struct desk_fixture *f, const struct desk_role *a)
{
	static int count;
	char key[16], person[RECORD_NAME_SIZE];
	struct record r;

	(void)snprintf(key, sizeof(key), "a%d", ++count);
	r = store_record(&f->store, "role_assignment", str_z(&f->store.arena, str_of(key)));
	r.organisation = a->organisation;
	record_name(f->store.model, a->person, person);
	store_set(&f->store, &r, "role", a->role);
	for (size_t i = 0; i < r.reg->field_count; i++) {
		struct value *v = &r.values[i];

		if (strcmp(r.reg->fields[i].name, "person") == 0)
			*v = (struct value){.kind = VALUE_INT, .number = a->person};
		if (strcmp(r.reg->fields[i].name, "scope") == 0 && a->scope)
			*v = (struct value){
				.kind = VALUE_INT,
				.number = record_id_of_name(f->store.model, str_of(a->scope))};
	}
	if (a->from)
		store_set(&f->store, &r, "valid_from", a->from);
	if (a->to)
		store_set(&f->store, &r, "valid_to", a->to);
	if (a->state)
		r.state = str_of(a->state);
	(void)store_put(&f->store, &r);
}

enum err_code
desk_try(struct desk_fixture *f, const char *name, const char *password, struct signed_in *ret_in)
{
	const struct credentials c = {.name = str_of(name), .password = str_of(password)};

	return identity_sign_in(&f->v, &c, ret_in);
}

struct signed_in
desk_sign_in(struct desk_fixture *f, const char *name)
{
	struct signed_in in;

	CHECK(!desk_try(f, name, PASSWORD, &in));
	return in;
}

struct who
desk_who(struct desk_fixture *f, const struct signed_in *in)
{
	struct who who;

	CHECK(!identity_session(&f->v, str_of(in->token), &who));
	return who;
}

struct enrolled
desk_enrol(struct desk_fixture *f, const struct signed_in *in, char secret[TOTP_TEXT_SIZE])
{
	struct who who = desk_who(f, in);
	struct enrolment n;
	struct enrolled done;

	CHECK(!identity_enrol(&f->v, &who, &n));
	memcpy(secret, n.secret, TOTP_TEXT_SIZE);
	CHECK(!identity_enrol_confirm(&f->v, &who, str_of(desk_code(f, secret)), &done));
	return done;
}

void
code_of(const char secret[TOTP_TEXT_SIZE], int64_t now_ms, char out[TOTP_DIGITS + 1])
{
	uint8_t bytes[TOTP_SECRET_SIZE];

	for (size_t i = 0; i < sizeof(bytes) / 5; i++) {
		uint64_t bits = 0;

		for (size_t k = 0; k < 8; k++)
			bits = bits << 5 | (uint64_t)(strchr(BASE32_CAPITALS, secret[8 * i + k]) -
						      BASE32_CAPITALS);
		for (size_t k = 0; k < 5; k++)
			bytes[5 * i + k] = (uint8_t)(bits >> (32 - 8 * k));
	}
	(void)snprintf(out, TOTP_DIGITS + 1, "%06u",
		       totp_number(bytes, sizeof(bytes), now_ms / 30000) % 1000000);
}

const char *
desk_code(struct desk_fixture *f, const char secret[TOTP_TEXT_SIZE])
{
	char *code = arena_alloc(&f->store.arena, TOTP_DIGITS + 1);

	code_of(secret, f->now, code);
	return code;
}

int64_t
desk_events(struct desk_fixture *f, const char *kind)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->store.ctx->db, "select count(*) from event where kind = :kind", &s,
			  &f->store.ctx->err));
	db_bind_text(s, 1, str_of(kind));
	CHECK(!db_step(s, &row, &f->store.ctx->err) && row);
	return db_int(s, 0);
}

struct str
desk_event(struct desk_fixture *f, const char *kind)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->store.ctx->db,
			  "select detail from event where kind = :kind order by id desc limit 1",
			  &s, &f->store.ctx->err));
	db_bind_text(s, 1, str_of(kind));
	CHECK(!db_step(s, &row, &f->store.ctx->err) && row);
	return str_dup(&f->store.arena, db_text(s, 0));
}
