# Files that are sent: none is held in memory, and when a disk is full that is said, nothing is half kept, and the server goes on.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 1 --seed 7
api_logins
mkdir small aside

# The server alone sees small disks; they end with it. small_disks WORKSPACE FILES: their sizes in MB.
cat >small_disks <<'END'
#!/bin/sh
mount -t tmpfs -o "size=$1m" none small && cp -a ws/. small/
mount -t tmpfs -o "size=$2m" none aside
shift 2
TMPDIR=$PWD/aside exec "$HOLDFAST" "$@"
END
chmod +x small_disks
alone='unshare --mount'
[ "$(id -u)" -eq 0 ] || alone='unshare --user --map-current-user --keep-caps --mount'
serve_small() {
	: >serve.log
	$alone ./small_disks "$1" "$2" serve --home small --listen 127.0.0.1:0 >serve.out 2>>serve.log &
	server=$!
	serve_wait
	port=$(sed -n 's/.*"event":"listening","message":"[^"]*:\([0-9]*\)".*/\1/p' serve.log)
}

SENDING='
import socket
MB = 1 << 20
contact = Client(port)
contact.sign_in("contact", PASSWORD)
PATH = "/registers/account/import?dry_run=true&organisation=" + os.environ["ONE"]
HEAD = "key,kind,login,state\n"

def send(body, status=202):
    return contact.good("POST", PATH, body, status, Content_Type="text/csv")

def full(body):
    answer = send(body, 507)
    assert answer.problem == "disk_full" and "TMPDIR" not in answer.text, answer.text
    # What the server had of it is gone, and what is smaller is taken.
    assert "arriving" not in contact.good("GET", "/jobs").text
    row = HEAD + "a-1,user,a.one,active\n"
    assert contact.ended(send(row))["result"]["total"]["added"] == 1

def free(folder):
    f = os.statvfs("/proc/%s/root/%s/%s" % (os.environ["SERVER"], os.getcwd(), folder))
    return f.f_bavail * f.f_frsize
'

export ONE="$one"
# No room for the file as it comes.
serve_small 200 8
SERVER=$server api "$SENDING"'
before = free("aside")
for i in range(2):
    full(b"x" * (16 * MB))
    assert free("aside") == before
'
serve_stop
grep -q 'cannot write a temporary file: No space left' serve.log || fail 'the log does not say why'

# No room in the workspace.
size=$(du -sm ws | cut -f1)
serve_small $((size + 72)) 200
SERVER=$server api "$SENDING"'
for i in range(2):
    full(b"x" * (40 * MB))
som = Client(port)
som.sign_in("som", PASSWORD)
som.good("POST", "/registers/incident/records", {"client_reference": "goes on"}, 201)
'
serve_stop
grep -q 'the disk is full' serve.log || fail 'the log does not say why'

# None of it is in memory.
serve_start
SERVER=$server api "$SENDING"'
def memory(name):
    with open("/proc/%s/status" % os.environ["SERVER"]) as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))

class Slow:
    """A body of which the last byte is not sent yet."""
    def __init__(self, size):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(("POST /api/v1%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: %s\r\nContent-Type: text/csv\r\n"
                             "Content-Length: %d\r\n\r\n" % (PATH, contact.cookie, size)).encode())
        self.socket.sendall(b"no,key\n" + b"x" * (size - 8))

    def end(self):
        self.socket.sendall(b"\n")
        reply = self.socket.makefile("rb").read().decode()
        assert reply.startswith("HTTP/1.1 202 "), reply
        return json.loads(reply.partition("\r\n\r\n")[2])

# Four large ones at once: all are on disk. What takes them into the store goes through the caches of pages of two
# connections, of 64 MB each.
with open("/proc/%s/clear_refs" % os.environ["SERVER"], "w") as file:
    file.write("5")
before = memory("VmRSS:")
bodies = [Slow(60 * MB) for i in range(4)]
received = memory("VmHWM:") - before
jobs = [body.end() for body in bodies]
grown = memory("VmHWM:") - before
for job in jobs:
    end = contact.ended(job)
    assert end["state"] == "failed" and end["problem"]["where"].startswith("upload:1"), end.text
print("note: four files of 60 MB: the server grows by %d MB while it receives, %d MB when all is taken in" % (received / MB, grown / MB))
# A sanitizer keeps what was freed.
with open("/proc/%s/maps" % os.environ["SERVER"]) as file:
    kept = "libasan" in file.read()
assert kept or (received < 16 * MB and grown < 160 * MB), (received, grown)
'
serve_stop
ok holdfast verify --home ws
