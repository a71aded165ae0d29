# Copies to a server that are killed, cut off or find something altered: never half a workspace, always repeatable.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/copies.sh"
ok holdfast init --home original --content content
things 3000 first
ok holdfast import things.jsonl --home original

# Killed at any moment: what is there is no workspace, and the same line starts over.
database crash
killed=0
for wait in 0.1 0.2 0.4 0.6 0.8 1 1.5; do
	holdfast copy --home original --to "$STORE" --to-home k >/dev/null 2>&1 &
	pid=$!
	sleep $wait
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	status=0
	holdfast verify --home k >out 2>err || status=$?
	[ $status -ne 0 ] || break
	[ $status -eq 3 ] || fail "exit status $status after kill -9"
	killed=$((killed + 1))
done
[ $killed -gt 0 ] || fail 'no copy was killed before its end'
[ $status -eq 0 ] || ok holdfast copy --home original --to "$STORE" --to-home k
[ "$(proof k)" = "$(proof original)" ] || fail 'another root'
[ ! -e k.partial ] || fail 'something is left behind'

# Killed between all rows and the proof, and between the name and the end: marked, refused, and started over.
database marked
ok holdfast copy --home original --to "$STORE" --to-home m
on_server "insert into holdfast.meta values ('unfinished', 'by somebody')" marked
expect_exit 3 holdfast verify --home m
expect_err 'is not finished'
expect_exit 3 holdfast init --home m --content content
expect_exit 3 holdfast copy --home m --to n
ok holdfast copy --home original --to "$STORE" --to-home m
[ "$(proof m)" = "$(proof original)" ] || fail 'another root'
on_server "insert into holdfast.meta values ('unfinished', 'by somebody')" marked
rm -r m
ok holdfast copy --home original --to "$STORE" --to-home m
ok holdfast verify --home m

# The connection is cut in the middle: nothing is there, and it is said what to do.
database cut
cut=0
for age in 0 20 60 200; do
	# Ends the first transaction there that has written and is so old, in milliseconds.
	on_server "do \$\$ begin
		for i in 1..1000 loop
			perform pg_stat_clear_snapshot();
			perform pg_terminate_backend(pid) from pg_stat_activity
			where datname = 'cut' and backend_xid is not null and xact_start <= clock_timestamp() - interval '$age ms';
			exit when found;
			perform pg_sleep(0.005);
		end loop; end \$\$" >/dev/null &
	cutter=$!
	sleep 0.5
	status=0
	holdfast copy --home original --to "$STORE" --to-home x >out 2>err || status=$?
	[ $status -ne 0 ] || break
	wait $cutter
	[ $status -eq 4 ] || fail "exit status $status"
	expect_err 'try again'
	[ ! -e x ] && [ ! -e x.partial ] || fail 'something is left behind'
	cut=$((cut + 1))
done
on_server "select pg_terminate_backend(pid) from pg_stat_activity where query like 'do %'" >/dev/null
wait $cutter || true
[ $cut -gt 0 ] || fail 'nothing was cut'
[ $status -eq 0 ] || ok holdfast copy --home original --to "$STORE" --to-home x
[ "$(proof x)" = "$(proof original)" ] || fail 'another root'

# What was altered on the server is not carried along.
on_server "alter table holdfast.thing disable trigger all; update holdfast.thing set title = 'Other' where key = 't7';
	alter table holdfast.thing enable trigger all" cut
expect_exit 1 holdfast backup --home x y
expect_err 'is not what was sealed'
[ ! -e y ] && [ ! -e y.partial ] || fail 'something is left behind'
database altered
expect_exit 1 holdfast copy --home x --to "$STORE" --to-home y
[ "$(on_server "select count(*) from pg_tables where schemaname = 'holdfast'" altered)" = 0 ] || fail 'it is on the server'
