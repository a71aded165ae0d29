#include "store/db.h"
#include "test.h"

#include <string.h>

static bool
shows(const char *where, const char *words)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 4096};

	db_where_show(where, &text);
	return strstr(text.data, words) != NULL;
}

TEST(name_of_a_store_never_shows_a_password)
{
	CHECK(shows("postgresql://ann:tiger@db.example/isms", "password=***"));
	CHECK(!shows("postgresql://ann:tiger@db.example/isms", "tiger"));
	CHECK(shows("postgresql://ann:tiger@db.example/isms", "host=db.example"));
	CHECK(!shows("host=a,b dbname=isms password='t ig er'", "ig"));
	CHECK(!shows("postgresql:///isms?sslpassword=tiger", "tiger"));
	CHECK(!shows("host=x password=two tiger", "tiger"));
	CHECK(shows("/var/lib/a folder/holdfast.db", "/var/lib/a folder/holdfast.db"));
}

TEST(name_of_a_store_that_cannot_be_read_is_refused_without_repeating_it)
{
	struct err e;

	CHECK(!db_where_check("postgresql://a,b/isms?target_session_attrs=read-write", &e));
	CHECK(!db_where_check("host=a dbname=isms", &e));
	CHECK(db_where_check("host=x password=two tiger", &e) == ERR_USAGE);
	CHECK(!strstr(e.message, "tiger"));
	CHECK(db_where_check("postgresql://ann:tiger@[db/isms", &e) == ERR_USAGE);
	CHECK(!strstr(e.message, "tiger"));
	CHECK(db_where_check("postgresql:///isms?tiger=3", &e) == ERR_USAGE);
}
