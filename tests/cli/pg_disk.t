# The server's disk is full: it is said so, nothing is half kept, and it goes on when there is room again.
. "$ROOT/tests/cli/server.sh"
server_start one
server_stop one

# The server alone sees a small disk where the database's files go; it ends with the server.
mkdir "$servers/disk"
owner=$(stat -c '%u:%g' "$servers/one/data")
alone='unshare --mount'
[ "$(id -u)" -eq 0 ] || alone='unshare --user --map-current-user --keep-caps --mount'
$alone sh -euc 'mount -t tmpfs -o "size=64m,mode=700,uid=${2%:*},gid=${2#*:}" none "$1/disk"
	as=; [ "$(id -u)" -ne 0 ] || as="setpriv --reuid=postgres --regid=postgres --clear-groups"
	cd / && exec $as "$3" start -w -s -t 60 -D "$1/one/data" -l "$1/one/server.log"' sh "$servers" "$owner" "$tools/pg_ctl" >/dev/null
database=postgres query one "create tablespace small location '$servers/disk'" \
	"create database small owner holdfast tablespace small" >/dev/null
store="postgresql://holdfast@/small?host=$servers/one"
ok holdfast init --home ws --store "$store"

seq 1 200 | sed 's/^/k/; 1i key,name' | sed '2,$s/$/,short/' >few.csv
ok holdfast import few.csv --register site --home ws
leaves=$(database=small query one 'select count(*) from holdfast.ledger_leaf')
# ballast N BYTES: a file of that size on the disk.
ballast() {
	query one "copy (select repeat('x', $2)) to '$servers/disk/ballast.$1'" >/dev/null 2>&1
}
files=0
while ballast $files 4000000; do
	files=$((files + 1))
done
for one in 0 1 2 $files; do
	ballast "$one" 0
done
# What cannot be pressed together.
python3 -I -c '
import random
print("key,name")
for n in range(20000):
    print("n%d,%0800x" % (n, random.getrandbits(3200)))' >many.csv
expect_exit 5 holdfast import many.csv --register site --home ws
expect_err "the server's disk is full; nothing was changed"
[ "$(database=small query one 'select count(*) from holdfast.ledger_leaf')" = "$leaves" ] || fail 'something was kept'
while [ $files -gt 0 ]; do
	files=$((files - 1))
	ballast $files 0
done
ok holdfast verify --home ws
sed -i 's/short/longer/' few.csv
ok holdfast import few.csv --register site --home ws
[ "$(database=small query one "select count(*) from holdfast.site where name = 'longer'")" = 200 ] || fail 'not changed'
ok holdfast verify --home ws
