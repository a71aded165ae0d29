. ./lib.sh
accepts tools/check_banned.sh

for name in strcpy strcat sprintf vsprintf gets strncpy atoi atol system popen strtok setenv localtime mktime; do
	printf 'int\nf(void)\n{\n\treturn %s\n\t(a);\n}\n' "$name" >src/ledger/log.c
	refuses "src/ledger/log.c:4: $name is not used here" tools/check_banned.sh
done
echo '#define RUN(x) system(x)' >src/ledger/log.c
refuses 'src/ledger/log.c:1: system is not used here' tools/check_banned.sh
file src/ledger/log.c <<'END'
/* system("x"); strcpy(a, b) */
// sprintf(a, b)
static const char text[] = "system(1) \" gets(";
int
f(struct asset *a, struct asset b)
{
	int system = '"';

	return a->system(1) + b.popen(2) + snprintf(x) + my_strcpy(a) + system;
}
END
accepts tools/check_banned.sh

rm -r src/*
refuses 'src: no C source found' tools/check_banned.sh
