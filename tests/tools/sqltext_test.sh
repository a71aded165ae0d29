. ./lib.sh
accepts tools/check_sqltext.sh

# statement TEXT: the C string literal is printed into a buffer.
statement() {
	printf 'void\nf(struct buf *b)\n{\n\tbuf_addf(b, %s, name);\n}\n' "$1" >src/ledger/log.c
}
for text in '"select id from %s"' '"SELECT * FROM t WHERE id = %lld"' '"insert into %.*s values (1)"' \
	'"update t set a = '\''%s'\''"' '"delete from %s"' '"create table %s (id integer)"' \
	'"drop view %s"' '"alter table %s add x"' '"with a as (select x from t) select %d from a"' \
	'" where id = %" PRId64 ""' '" and name = '\''%s'\''"' '"a union\n  select b from %s"' \
	'" order by %s"' '" where id = %" PRId64' '"replace: insert or ignore into %s values"'; do
	statement "$text"
	refuses 'src/ledger/log.c:4: SQL made by printf' tools/check_sqltext.sh
done
file src/ledger/log.c <<'END'
static const char text[] =
	"select id "
	"from %s";
END
refuses 'src/ledger/log.c:2: SQL made by printf' tools/check_sqltext.sh
echo '#define FIND(t) "select a from %s"' >src/ledger/log.c
refuses 'src/ledger/log.c:1: SQL made by printf' tools/check_sqltext.sh

for text in '"select id from t where name = ?1"' '"cannot create %s: %s"' '"%s: read from %s"' \
	'"a check may only select; %s does more"' '"100%% of them"' '"select id from t where a like '\''100%%'\''"' \
	'"nothing to update in %s, and %s is left as it is"'; do
	statement "$text"
	accepts tools/check_sqltext.sh
done
printf '/* select a from %%s; sqlite3_exec */\n' >src/ledger/log.c
accepts tools/check_sqltext.sh

mkdir src/model
echo '3 model' >>src/LAYERS
echo 'static const char t[] = "select id from %s";' | tee src/store/db.c >src/model/sql.c
accepts tools/check_sqltext.sh
echo '#include <sqlite3.h>' >src/store/db.c
echo 'int f(void) { return sqlite3_exec(); }' >>src/store/db.c
accepts tools/check_sqltext.sh
echo 'int f(void) { return sqlite3_exec(); }' >src/model/sql.c
refuses 'src/model/sql.c:1: sqlite3_exec outside src/store/' tools/check_sqltext.sh
echo 'PGresult *f(void) { return PQexec(); }' >src/model/sql.c
refuses 'src/model/sql.c:1: PQexec outside src/store/' tools/check_sqltext.sh
echo '#include <sqlite3.h>' >src/model/sql.c
refuses 'src/model/sql.c:1: <sqlite3.h> belongs to src/store/' tools/check_sqltext.sh

rm -r src/*
refuses 'src: no C source found' tools/check_sqltext.sh
