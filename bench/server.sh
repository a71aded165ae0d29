# server.sh -- the same on PostgreSQL: a private cluster that waits for its disk, with a copy of the workspace. Read by run.sh.
chmod a+x "$dir" "$work"
say "importing $accounts accounts on PostgreSQL, and a bare COPY of them, twice in turns"
bench/import_server.sh "$dir/csv" "$work/rounds" 2 >"$work/out" || die "the import on PostgreSQL failed"
read -r ours bare ratio <<END
$(tail -n 1 "$work/out")
END
row "import of $accounts accounts, rows a second, PostgreSQL" "$ours" '' "$bare" "$ratio" least 0.5
rm -rf "$work/rounds"

cluster=$work/pg
url=$(tools/postgres.sh start "$cluster") || die "PostgreSQL cannot be started"
trap 'tools/postgres.sh stop "$cluster" >/dev/null; rm -rf "$work"' EXIT

say "copying the workspace to PostgreSQL"
rm -rf "$work/server"
timed copied "$holdfast" copy --home "$dir/demo" --to "$url" --to-home "$work/server"
timed server_assess "$holdfast" assess --full --home "$work/server"
right_again "$work/server" PostgreSQL 200
many_clients "$work/server" PostgreSQL
pages "$work/server" PostgreSQL
tools/postgres.sh stop "$cluster" >/dev/null
rm -rf "$cluster" "$work/server"

say "copying the workspace with a history to PostgreSQL"
url=$(tools/postgres.sh start "$cluster") || die "PostgreSQL cannot be started"
timed copied "$holdfast" copy --home "$dir/past" --to "$url" --to-home "$work/server"
the_past "$work/server" PostgreSQL
tools/postgres.sh stop "$cluster" >/dev/null
rm -rf "$cluster"
trap 'rm -rf "$work"' EXIT
