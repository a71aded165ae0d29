# A server that goes away for a while: restarted cleanly, taken over late, and too late.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/server.sh"
small_content content
server_start first 'wal_level = replica' 'max_wal_senders = 5' 'synchronous_commit = on'
ok holdfast init --home ws --content content --store "$(store_of first second)"

"$write_load" ws one 4 100 answers.one &
load=$!
wait_for 60 answers_reach 100
# Stopped as for an upgrade, and back a little later.
server_stop first
sleep 1
server_start first
kept=$(cat answers.* | grep -c '^kept ')
wait_for 60 answers_reach $((kept + 100))
standby_start second first
primary_waits first second
# The standby is promoted late: the writers wait for it.
server_kill first
sleep 6
kept=$(cat answers.* | grep -c '^kept ')
server_promote second
wait_for 60 answers_reach $((kept + 100))
load_end $load
writes_hold second
ok holdfast verify --home ws

# Nobody is promoted: a command says so, and how it may go on.
server_stop second
expect_exit 4 holdfast verify --home ws
expect_err 'the database cannot be reached'
expect_err 'look whether it runs, and try again'
