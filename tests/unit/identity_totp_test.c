#include "identity/totp.h"

#include "test.h"

#include <string.h>

static const uint8_t *const rfc = (const uint8_t *)"12345678901234567890";

TEST(codes_are_those_of_rfc_6238)
{
	static const struct {
		int64_t seconds;
		uint32_t code;
	} vectors[] = {
		{59,	     94287082},
		{1111111109,  7081804 },
		{1111111111,  14050471},
		{1234567890,  89005924},
		{2000000000,  69279037},
		{20000000000, 65353130}
	       };

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		CHECK(totp_number(rfc, 20, vectors[i].seconds / 30) % 100000000 == vectors[i].code);
}

TEST(numbers_are_those_of_rfc_4226)
{
	static const uint32_t codes[] = {755224, 287082, 359152, 969429, 338314,
					 254676, 287922, 162583, 399871, 520489};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		CHECK(totp_number(rfc, 20, (int64_t)i) % 1000000 == codes[i]);
}

TEST(a_code_counts_one_step_early_or_late_and_no_more)
{
	/* 287082 is step 1: 30 to 59 seconds. */
	struct str code = str_of("287082");

	CHECK(totp_step(rfc, code, 0, -1) == 1);
	CHECK(totp_step(rfc, code, 30000, -1) == 1);
	CHECK(totp_step(rfc, code, 59999, -1) == 1);
	CHECK(totp_step(rfc, code, 89999, -1) == 1);
	CHECK(totp_step(rfc, code, 90000, -1) == -1);
	/* 969429 is step 3: from 60 seconds, one step before, on. */
	CHECK(totp_step(rfc, str_of("969429"), 59999, -1) == -1);
	CHECK(totp_step(rfc, str_of("969429"), 60000, -1) == 3);
}

TEST(a_step_that_was_used_or_lies_before_one_is_refused)
{
	CHECK(totp_step(rfc, str_of("287082"), 30000, 0) == 1);
	CHECK(totp_step(rfc, str_of("287082"), 30000, 1) == -1);
	CHECK(totp_step(rfc, str_of("287082"), 30000, 2) == -1);
	CHECK(totp_step(rfc, str_of("359152"), 30000, 1) == 2);
}

TEST(what_is_no_code_fits_nothing)
{
	static const char *const codes[] = {"",	      "28708",	"2870822", "+87082", "-87082",
					    "28708a", " 87082", "287 82",  "0x1234"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		CHECK(totp_step(rfc, str_of(codes[i]), 30000, -1) == -1);
}

TEST(base32_is_that_of_rfc_4648)
{
	char out[17];

	base32_encode((const uint8_t *)"fooba", 5, BASE32_CAPITALS, out);
	CHECK(strcmp(out, "MZXW6YTB") == 0);
	base32_encode((const uint8_t *)"foobafooba", 10, BASE32_SMALL, out);
	CHECK(strcmp(out, "mzxw6ytbmzxw6ytb") == 0);
}
