# The server's disk is full: it is said so, nothing is half kept, and it goes on when there is room again.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
. "$ROOT/tests/cli/server.sh"
server_start one
server_stop one

# The server alone sees a small disk where the database's files go; it ends with the server.
mkdir "$servers/disk"
owner=$(stat -c '%u:%g' "$servers/one/data")
alone='unshare --mount'
[ "$(id -u)" -eq 0 ] || alone='unshare --user --map-current-user --keep-caps --mount'
$alone sh -euc 'mount -t tmpfs -o "size=128m,mode=700,uid=${2%:*},gid=${2#*:}" none "$1/disk"
	as=; [ "$(id -u)" -ne 0 ] || as="setpriv --reuid=postgres --regid=postgres --clear-groups"
	cd / && exec $as "$3" start -w -s -t 60 -D "$1/one/data" -l "$1/one/server.log"' sh "$servers" "$owner" "$tools/pg_ctl" >/dev/null
database=postgres query one "create tablespace small location '$servers/disk'" \
	"create database small owner holdfast tablespace small" >/dev/null
store="postgresql://holdfast@/small?host=$servers/one"
ok holdfast demo --home ws --store "$store" --records 3000 --months 1 --seed 7
query one 'alter role holdfast createrole' >/dev/null
ok holdfast init --home ws
api_logins

seq 1 200 | sed 's/^/k/; 1i key,name' | sed '2,$s/$/,short/' >few.csv
ok holdfast import few.csv --register site --organisation harrowmere --home ws
serve_start
pid=$server
export ONE="$one"
api '
contact = Client(port)
contact.sign_in("contact", PASSWORD)
open("token", "w").write(contact.good("POST", "/me/tokens", {"name": "disk", "days": 1, "writes": True}, 201)["token"])
'
SENDING='
import random
contact = Client(port, open("token").read())
PATH = "/registers/account/import?dry_run=true&organisation=" + os.environ["ONE"]
'
leaves=$(database=small query one 'select count(*) from holdfast.ledger_leaf')
# ballast N BYTES: a file of that size on the disk.
ballast() {
	query one "copy (select repeat('x', $2)) to '$servers/disk/ballast.$1'" >/dev/null 2>&1
}
files=0
while ballast $files 4000000; do
	files=$((files + 1))
done
for file in 0 1 2 $files; do
	ballast "$file" 0
done
# What cannot be pressed together.
python3 -I -c '
import random
print("key,name")
for n in range(20000):
    print("n%d,%0800x" % (n, random.getrandbits(3200)))' >many.csv
expect_exit 5 holdfast import many.csv --register site --organisation harrowmere --home ws
expect_err "the server's disk is full; nothing was changed"
[ "$(database=small query one 'select count(*) from holdfast.ledger_leaf')" = "$leaves" ] || fail 'something was kept'
# Nor does the upload of a job stay of which only a part had room.
ballast 3 0
api "$SENDING"'
full = contact.ask("POST", PATH, random.randbytes(40 << 20), Content_Type="text/csv")
assert (full.status, full.problem) == (507, "disk_full"), full.text
assert contact.good("GET", "/jobs")["jobs"] == []
'
[ "$(database=small query one 'select count(*) from holdfast.job')" = 0 ] || fail 'half a job is kept'
while [ $files -gt 0 ]; do
	files=$((files - 1))
	ballast $files 0
done
api "$SENDING"'
job = contact.good("POST", PATH, "key,kind,login,state\na-1,user,a.one,active\n", 202, Content_Type="text/csv")
assert contact.ended(job)["result"]["total"]["added"] == 1
'
server=$pid
serve_stop
ok holdfast verify --home ws
sed -i 's/short/longer/' few.csv
ok holdfast import few.csv --register site --organisation harrowmere --home ws
[ "$(database=small query one "select count(*) from holdfast.site where name = 'longer'")" = 200 ] || fail 'not changed'
ok holdfast verify --home ws
