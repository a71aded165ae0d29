# Whatever ends an import half way leaves the old records, and the import can be repeated.
export HOLDFAST_HOME=ws
ok holdfast init
printf 'key,name\nold,Old\n' >person.csv
ok holdfast import person.csv
python3 -I -c '
with open("person.csv", "w") as file:
    file.write("key,name,line_manager,team\n")
    for i in range(12000):
        n = i * 7919 % 12000
        file.write("p%05d,Person %d,%s,%s\n" % (n, n, "p%05d" % (n // 8) if n else "", "x" * 100))
'
count() {
	python3 -I -c '
import sqlite3, sys
print(sqlite3.connect("ws/holdfast.db").execute("select count(*) from person").fetchone()[0])'
}

as_before() {
	[ "$(count)" -eq 1 ] || fail "$(count) records after $1"
	ok holdfast verify
}

# Killed at several moments, also while it writes.
for wait in 0.02 0.05 0.1 0.2 0.3 0.4; do
	holdfast import person.csv >/dev/null 2>&1 &
	pid=$!
	sleep $wait
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	[ "$(count)" -ne 12001 ] || break
	as_before "kill -9 after $wait s"
done
if [ "$(count)" -eq 1 ]; then
	holdfast import person.csv >/dev/null 2>&1 &
	pid=$!
	sleep 0.1
	kill -INT $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
fi

# A disk that fills up: files cannot grow past a limit. A new workspace shows it whatever came before.
ok holdfast init --home full
full() {
	expect_exit 5 sh -c "trap '' XFSZ; ulimit -f $1; exec holdfast import --home full person.csv"
	expect_err "$2"
	ok holdfast export --home full person
	[ "$(wc -l <out)" -eq 1 ] || fail "records are in after a full disk"
	ok holdfast verify --home full
}
full 3000 'nothing was changed'
full 4500 'nothing was changed'
ok holdfast import --home full --json person.csv
expect_json out 'd["total"]["added"] == 12000'
ok holdfast verify --home full

# Another process that writes: the import waits, says so, and changes nothing.
python3 -I -c '
import sqlite3, time
db = sqlite3.connect("ws/holdfast.db", isolation_level=None)
db.execute("begin immediate")
open("held", "w").close()
time.sleep(60)' &
holder=$!
while [ ! -e held ]; do sleep 0.05; done
before=$(count)
expect_exit 4 holdfast import person.csv
expect_err 'another process is writing to this workspace'
kill $holder
wait $holder 2>/dev/null || true
[ "$(count)" -eq "$before" ] || fail "records are in although another process held the workspace"

# And after all that the whole file goes in.
ok holdfast import --json person.csv
expect_json out 'd["total"]["read"] == 12000 and d["total"]["rejected"] == 0'
[ "$(count)" -eq 12001 ] || fail "$(count) records at the end"
ok holdfast verify
