# Whatever ends an assessment half way leaves what was decided before, and it can be repeated.
export HOLDFAST_HOME=ws
ok holdfast init
python3 -I -c '
with open("person.csv", "w") as file:
    file.write("key,name\n")
    for i in range(4000):
        file.write("p%05d,Person %d\n" % (i, i))
'
ok holdfast import person.csv
decided() {
	python3 -I -c '
import sqlite3, sys
db = sqlite3.connect(sys.argv[1] + "/holdfast.db")
print(*[db.execute("select count(*) from " + t).fetchone()[0] for t in ("failure", "cell", "finding", "event")])' "$1"
}
nothing=$(decided ws)
case $nothing in '0 0 0 '*) ;; *) fail "decided before the first assessment: $nothing" ;; esac
cp -R ws whole
cp -R ws full
cp -R ws held
ok holdfast assess --home whole --json
expect_json out 'len(d["failures"]) > 4000'
everything=$(decided whole)

# Killed at several moments, in the checks and while it writes: all or nothing.
killed=0
for wait in 0.02 0.05 0.1 0.15 0.2 0.3 0.5; do
	holdfast assess >/dev/null 2>&1 &
	pid=$!
	sleep $wait
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	ok holdfast verify
	now=$(decided ws)
	[ "$now" = "$nothing" ] || break
	killed=$((killed + 1))
done
[ $killed -gt 0 ] || fail 'no run was killed before its end'
[ "$now" = "$nothing" ] || [ "$now" = "$everything" ] || fail "half an assessment is in: $now"

# A disk that fills up: files cannot grow past a limit.
size=$(wc -c <full/holdfast.db)
expect_exit 5 sh -c "trap '' XFSZ; ulimit -f $((size / 512 + 100)); exec holdfast assess --home full"
expect_err 'nothing was changed'
[ "$(decided full)" = "$nothing" ] || fail 'something is decided after a full disk'
ok holdfast verify --home full
ok holdfast assess --home full
[ "$(decided full)" = "$everything" ] || fail 'the repeated assessment differs'

# Another process that writes: the assessment waits, says so, and changes nothing.
python3 -I -c '
import sqlite3, time
db = sqlite3.connect("held/holdfast.db", isolation_level=None)
db.execute("begin immediate")
open("locked", "w").close()
time.sleep(60)' &
holder=$!
while [ ! -e locked ]; do sleep 0.05; done
expect_exit 4 holdfast assess --home held
expect_err 'another process is writing to this workspace'
kill $holder
wait $holder 2>/dev/null || true
[ "$(decided held)" = "$nothing" ] || fail 'something is decided although another process held the workspace'

# Two at once: each is whole, and the second finds nothing new.
holdfast assess --home held >one 2>&1 &
pid=$!
ok holdfast assess --home held
wait $pid || fail "the other one failed: $(cat one)"
ok holdfast verify --home held
[ "$(decided held | cut -d ' ' -f 1-3)" = "$(echo "$everything" | cut -d ' ' -f 1-3)" ] || fail 'two runs differ from one'

ok holdfast assess
[ "$(decided ws | cut -d ' ' -f 1-3)" = "$(echo "$everything" | cut -d ' ' -f 1-3)" ] || fail 'after the crashes it differs'
ok holdfast verify
