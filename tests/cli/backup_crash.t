# Backups while others write, several at once, and killed at any moment.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
cp "$ROOT/content/registers/delivery.yaml" content/registers/
export HOLDFAST_HOME=ws
ok holdfast init --content content
rows() {
	mkdir "$1"
	python3 -I -c '
import sys
print("key,title")
for i in range(20000):
    print("t%d,%s %d" % (i, sys.argv[1], i))' "$1" >"$1/thing.csv"
}
rows one
rows two
ok holdfast import one/thing.csv

# Two deliveries go in meanwhile: the backup is what stood at one moment, not a mixture.
(
	holdfast import two/thing.csv
	holdfast import one/thing.csv
) >import.out 2>&1 &
writer=$!
for i in 1 2 3 4; do
	ok holdfast backup "b$i"
	ok holdfast list thing 'key=t0' --home "b$i" --json
	cp out first
	ok holdfast list thing 'key=t19999' --home "b$i" --json
	python3 -I -c '
import re, sys
first, last = (re.search(r"(one|two) ", open(name).read()).group(1) for name in ("first", "out"))
sys.exit(first != last)' || fail 'half a delivery is in the backup'
done
wait $writer || fail 'the deliveries failed'
[ "$(grep -c . import.out)" -ge 2 ] || fail 'nothing was delivered'

# Two of the same name: one is told to wait, or that it is there.
holdfast backup same >/dev/null 2>&1 &
first=$!
status=0
holdfast backup same >/dev/null 2>&1 || status=$?
other=0
wait $first || other=$?
case $status$other in 03 | 04 | 30 | 40) ;; *) fail "exit statuses $status and $other" ;; esac
ok holdfast verify --home same

# Killed: what has the name is whole, what is not whole has another one, and the same line starts over.
killed=0
for wait in 0.01 0.02 0.04 0.06 0.1 0.15 0.2 0.3; do
	holdfast backup k >/dev/null 2>&1 &
	pid=$!
	sleep $wait
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	[ ! -e k ] || break
	killed=$((killed + 1))
done
[ $killed -gt 0 ] || fail 'no backup was killed before its end'
[ -e k ] || ok holdfast backup k
ok holdfast verify --home k
[ ! -e k.partial ] || fail 'something is left behind'
killed=0
for wait in 0.01 0.02 0.04 0.06 0.1 0.15 0.2 0.3; do
	holdfast restore k --home r >/dev/null 2>&1 &
	pid=$!
	sleep $wait
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	[ ! -e r ] || break
	killed=$((killed + 1))
done
[ $killed -gt 0 ] || fail 'no restoring was killed before its end'
[ -e r ] || ok holdfast restore k --home r
ok holdfast verify --home r
