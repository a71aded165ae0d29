# The calendar says what cells and records say, to each what he may see; its feed goes to whoever has the address.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 2 --seed 7
api_logins
api_all
printf '%s\n' "$PASSWORD" | ok holdfast user password all --home ws
login accreditor "$(holder accreditor)"
serve_start

ONE=$one api '
import due
som, contact, holder, accreditor = Client(port), Client(port), Client(port), Client(port)
for who, name in ((som, "som"), (contact, "contact"), (holder, "all"), (accreditor, "accreditor")):
    who.sign_in(name, PASSWORD)
one = os.environ["ONE"]
due.duties(som)
assert {e["organisation"] for e in due.duties(contact).values()} == {one}
due.pages(som)
due.records(som, contact, one)
marking = som.good("GET", "/plan")["marking"]
tokens = [due.feed(who, marking) for who in (som, contact)]
due.restricted(holder)
due.decisions(accreditor, holder)
due.often(som)
due.roles_end(som, contact)
with open("tokens", "w", encoding="utf-8") as file:
    file.write("\n".join(tokens) + "\n")
'
serve_stop
# No secret is anywhere but with whoever was given it.
for file in serve.log serve.out; do
	! grep -q 'hfc_' $file || fail "a secret is in $file: $(grep -m 1 'hfc_' $file)"
done
grep -q '"path":"/api/v1/calendar.ics"' serve.log || fail 'the log has no fetch of a feed'
while read -r token; do
	! grep -r -q -a -- "${token#hfc_}" ws serve.log || fail 'a secret is kept as it is'
done <tokens
ok holdfast verify --home ws
