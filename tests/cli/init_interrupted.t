# What an interruption of `init` can leave behind: doing it again goes on from there.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
ok holdfast init --home whole --content content

# The database file is there, without tables; then with a key beside it, then with half of the pair.
mkdir fresh
: >fresh/holdfast.db
expect_exit 3 holdfast verify --home fresh
expect_err "was never finished; repeat 'holdfast init --home fresh'"
cp whole/ledger.key fresh/
ok holdfast init --home fresh --content content
expect_out 'Made the workspace fresh'
cmp -s whole/ledger.key fresh/ledger.key || fail 'the key was replaced'
cmp -s whole/ledger.pub fresh/ledger.pub || fail 'the public key is not the one of the secret key'
ok holdfast verify --home fresh

# The database has the new plan, the content folder still the old one, or none, or one half copied.
cp -R content new
sed -i 's/  - {name: size, type: int, label: Size}/&\n  - {name: weight, type: int, label: Weight}/' new/registers/thing.yaml
for state in old none half; do
	cp -R whole $state
	ok holdfast init --home $state --content new
	expect_out 'register thing: new field weight'
	case $state in
	old)
		rm -r old/content
		cp -R whole/content old/content
		;;
	none)
		mv none/content none/content.old
		cp -R none/content.old none/content.new
		;;
	half)
		mv half/content half/content.old
		cp -R whole/content half/content
		mkdir -p half/content.new/registers
		cp new/registers/thing.yaml half/content.new/registers/
		;;
	esac
	expect_exit 3 holdfast verify --home $state
	ok holdfast init --home $state --content new
	cmp -s new/registers/thing.yaml $state/content/registers/thing.yaml || fail "content of $state"
	[ ! -e $state/content.new ] && [ ! -e $state/content.old ] || fail "what was left of $state"
	ok holdfast verify --home $state
done

# The database has the new plan, the ledger does not say so yet.
cp -R content titled
sed -i 's/title: A small plan/title: Another title/' titled/plans/small/plan.yaml
ok holdfast init --home titled_at_once --content titled
hash=$(sqlite3 titled_at_once/holdfast.db "select value from meta where name = 'plan_hash'")
cp -R whole silent
sqlite3 silent/holdfast.db "update meta set value = '$hash' where name = 'plan_hash'"
ok holdfast init --home silent --content titled
expect_out 'Took in the changed plan'
sqlite3 silent/holdfast.db "select detail from event where kind = 'plan_taken_in' order by id" >out
[ "$(wc -l <out)" -eq 2 ] || fail 'not one event more'
tail -n 1 out | grep -qF "$hash" || fail 'the event names another plan'
ok holdfast init --home silent --content titled
expect_out 'nothing to do'
ok holdfast verify --home silent

# Killed at any moment, whatever was done: the next one ends well.
for delay in 0.005 0.01 0.02 0.03 0.04 0.06 0.08 0.1 0.15; do
	rm -rf killed
	timeout -s KILL $delay holdfast init --home killed --content content >/dev/null 2>&1 || true
	ok holdfast init --home killed --content content
	ok holdfast verify --home killed
	timeout -s KILL $delay holdfast init --home killed --content new >/dev/null 2>&1 || true
	ok holdfast init --home killed --content new
	ok holdfast verify --home killed
	cmp -s new/registers/thing.yaml killed/content/registers/thing.yaml || fail 'content'
done

# Somebody else writes: told after a while, and nothing is changed.
cp -R whole locked
python3 -I -c '
import sqlite3, time
db = sqlite3.connect("locked/holdfast.db", isolation_level=None)
db.execute("begin immediate")
open("held", "w").close()
time.sleep(60)' &
holder=$!
while [ ! -e held ]; do sleep 0.05; done
expect_exit 4 holdfast init --home locked --content new
expect_err 'another process is writing to this workspace'
kill $holder
wait $holder 2>/dev/null || true
ok holdfast verify --home locked
