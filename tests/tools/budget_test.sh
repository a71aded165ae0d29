. ./lib.sh
accepts tools/check_budget.sh

repeat 800 'extern int a;' >src/base/long.c
repeat 250 'extern int a;' >src/base/long.h
accepts tools/check_budget.sh
echo 'extern int a;' >>src/base/long.c
refuses 'src/base/long.c:801: longer than 800 lines' tools/check_budget.sh
rm src/base/long.c
echo 'extern int a;' >>src/base/long.h
refuses 'src/base/long.h:251: longer than 250 lines' tools/check_budget.sh
rm src/base/long.h
repeat 801 'extern int a;' >tests/long_test.c
refuses 'tests/long_test.c:801: longer' tools/check_budget.sh
rm tests/long_test.c

function_of() {
	printf 'int\nf(void)\n{\n'
	repeat "$1" '	g();'
	printf '}\n'
}
function_of 79 >src/base/function.c
accepts tools/check_budget.sh
function_of 80 >src/base/function.c
refuses 'src/base/function.c:3: function of 81 lines' tools/check_budget.sh

file src/base/function.c <<'END'
int f(int a, int b, int c, int d, int e);
int f_printf(int a, int b, int c, int d, const char *format, ...);
int f_hooked(int (*hook)(int a, int b, int c, int d, int e, int f), int a, int b, int c, int d);
#define SIX(a, b, c, d, e, f) f_six(a, b, c, d, e, f)

int
f(int a, int b, int c, int d, int e)
{
	return g(a, b, c, d, e, "(", ',', 7);
}
END
accepts tools/check_budget.sh
file src/base/function.c <<'END'
int
f(int a, int b, int c, /* one, two */
  int d, int e, int g)
{
	return a;
}
END
refuses 'src/base/function.c:2: f takes 6 parameters' tools/check_budget.sh
echo 'int f(int a, int b, int c, int d, int e, int g);' >src/base/function.h
rm src/base/function.c
refuses 'src/base/function.h:1: f takes 6 parameters' tools/check_budget.sh
rm src/base/function.h

for i in $(seq 24); do
	echo 'extern int a;' >"src/base/f$i.c"
done
accepts tools/check_budget.sh
echo 'extern int a;' >src/base/f25.c
refuses 'src/base:1: 26 .c files (limit 25)' tools/check_budget.sh

rm -r src/*
refuses 'src: no C source found' tools/check_budget.sh
