# The primary is killed under load and the standby takes over: what was acknowledged is there, and the writers go on.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/server.sh"
small_content content
server_start first 'wal_level = replica' 'max_wal_senders = 5' 'synchronous_commit = on'
ok holdfast init --home node1 --content content --store "$(store_of first second)"
standby_start second first
primary_waits first second
# Another node is the same folder on another machine.
cp -R node1 node2

"$write_load" node1 one 4 100 answers.one &
one=$!
"$write_load" node2 two 4 100 answers.two &
two=$!
wait_for 60 answers_reach 200
server_kill first
one_before=$(grep -c '^kept ' answers.one)
two_before=$(grep -c '^kept ' answers.two)
sleep 1
server_promote second
# Both go on.
goes_on() {
	[ "$(cat answers.one | grep -c '^kept ')" -gt $((one_before + 100)) ] &&
		[ "$(cat answers.two | grep -c '^kept ')" -gt $((two_before + 100)) ]
}
wait_for 60 goes_on
load_end $one
load_end $two

writes_hold second
[ "$(grep -Evc '^(kept|busy|connection_lost) ' answers || true)" -eq 0 ] || fail 'an error that cannot be tried again'
ok holdfast verify --home node1
ok holdfast verify --home node2
