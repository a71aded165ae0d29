. ./lib.sh
cp "$root/tests/test.h" "$root/tests/test_main.c" tests/

# suite: builds the runner with the tests from standard input.
suite() {
	{
		printf '#include "test.h"\n#include <unistd.h>\n'
		cat
	} >tests/suite.c
	gcc -D_GNU_SOURCE -Itests -o suite tests/test_main.c tests/suite.c
}

suite <<'END'
TEST(adds) { CHECK(1 + 1 == 2); }
TEST(subtracts) { CHECK(2 - 1 == 1); }
END
accepts ./suite
[ "$(cat log)" = "ok adds
ok subtracts
2 passed, 0 failed" ]
accepts ./suite sub
grep -qx '1 passed, 0 failed' log
refuses "no test has 'multiplies'" ./suite multiplies

suite <<'END'
TEST(checks) { CHECK(1 + 1 == 3); }
TEST(exits) { exit(7); }
TEST(crashes) { *(volatile int *volatile)0 = 1; }
TEST(hangs) { for (;;) pause(); }
TEST(adds) { CHECK(1 + 1 == 2); }
END
for test in checks exits crashes hangs; do
	refuses "not ok $test" env UNIT_SECONDS=1 ./suite
done
grep -qx 'ok adds' log
grep -qx '1 passed, 4 failed' log

# What a test leaves running does not outlive it.
suite <<'END'
TEST(starts) { if (fork() == 0) { FILE *f; sleep(2); f = fopen("late", "w"); if (f) fclose(f); exit(0); } }
END
accepts ./suite
sleep 3
[ ! -e late ]

suite </dev/null
refuses 'no test has' ./suite
