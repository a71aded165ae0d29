# server.sh -- the same on PostgreSQL: a private cluster that waits for its disk, with a copy of the workspace. Read by run.sh.
cluster=$work/pg
chmod a+x "$dir" "$work"
url=$(tools/postgres.sh start "$cluster") || die "PostgreSQL cannot be started"
trap 'tools/postgres.sh stop "$cluster" >/dev/null; rm -rf "$work"' EXIT

# The database as it was made.
server_empty() {
	echo 'drop schema holdfast cascade' | psql -q -X "$url" >"$work/out" 2>&1 || die "the schema cannot be dropped"
}

say "importing $accounts accounts on PostgreSQL, and a bare COPY of them, twice in turns"
for round in 1 2; do
	rm -rf "$work/server"
	timed server_copy "$holdfast" copy --home "$dir/base" --to "$url" --to-home "$work/server"
	timed server_import "$holdfast" import --home "$work/server" --organisation $integrator "$dir/csv/account.csv"
	"$tools/floor_copy" "$url" account "$dir/csv/account.csv" >"$work/out" || die "the floor of the import failed"
	sed 's/.*, \([0-9.]*\) s,.*/\1/' "$work/out" >>"$work/copy_floor"
	server_empty
done
row "import of $accounts accounts, rows a second, PostgreSQL" "$(calculate "$accounts / $(median server_import)")" '' \
	"$(calculate "$accounts / $(median copy_floor)")" "$(calculate "$(median copy_floor) / $(median server_import)")" least 0.5

say "copying the workspace to PostgreSQL"
rm -rf "$work/server"
timed copied "$holdfast" copy --home "$dir/demo" --to "$url" --to-home "$work/server"
timed server_assess "$holdfast" assess --full --home "$work/server"
right_again "$work/server" PostgreSQL 200
pages "$work/server" PostgreSQL
many_clients "$work/server" PostgreSQL
tools/postgres.sh stop "$cluster" >/dev/null
rm -rf "$cluster"
trap 'rm -rf "$work"' EXIT
