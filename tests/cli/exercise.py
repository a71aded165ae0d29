"""exercise.py -- calls every route of the description, with good and with bad values that it finds by itself."""
from urllib.parse import urlencode

from client import Client
from described import Description

class Exercise:
    """`who` asks for everything but what only a person who is signed in may, which are called elsewhere."""

    def __init__(self, who):
        self.who = who
        self.description = Description.of(who.port)
        self.validator = self.description.validator
        self.registers = {r["name"]: r for r in who.good("GET", "/registers")["registers"]}
        self.records = {}  # of each register that has any: its first
        for name in self.registers:
            page = who.good("GET", "/registers/%s/records?limit=1" % name)["records"]
            if page:
                self.records[name] = page[0]
        obligation = who.good("GET", "/plan/obligations")["obligations"][0]
        key = self.records["organisation"]["key"]
        self.good = {"obligation": obligation["id"], "section": obligation["section"], "organisation": key,
                     "periods": "all", "fixed": "true", "waived": "false", "version": "1", "size": "1000000",
                     "from": "1", "to": "2", "filter": "id=%s" % self.records["organisation"]["id"], "sort": "-key",
                     "fields": "key", "limit": "2", "skip": "1", "q": key, "register": "organisation", "retired": "true",
                     "period": "2026-03", "state": "failing", "order": "oldest", "kind": "failing", "days": "30", "before": "1000000000",
                     "record": self.records["organisation"]["id"], "as_of": who.good("GET", "/cells")["assessed_at"]}
        head = who.good("GET", "/ledger/consistency?from=1")
        self.good["size"] = str(head["to"])
        self.bad = {"obligation": "no-such", "section": "0.0", "organisation": "no-such", "periods": "some",
                    "fixed": "yes", "waived": "yes", "version": "x", "size": "0", "from": "0", "to": "-1",
                    "filter": "nothing=1", "sort": "nothing", "fields": "nothing", "limit": "many", "skip": "many", "after": "x",
                    "register": "no-such", "record": "ACC-999999999", "as_of": "yesterday", "q": "...", "retired": "yes",
                    "period": "2026-13", "state": "broken", "order": "best", "kind": "some", "days": "367", "before": "x",
                    "scope": "some", "token": "no-such"}

    def refused(self, method, target, statuses, body=None, **headers):
        answer = self.who.ask_at(method, target, body, **headers)
        assert answer.status in statuses, (method, target, answer.status, answer.text)

    def targets(self, operation):
        """Its path with each register, or a record of each register, in it."""
        if "{register}" in operation.path:
            return [operation.path.replace("{register}", name) for name in self.registers]
        if "{record}" in operation.path:
            return [operation.path.replace("{record}", record["id"]) for record in self.records.values()]
        return [operation.path.replace("{obligation}", self.good["obligation"])]

    def read(self, operation):
        must = {"organisation": self.good["organisation"]} if operation.id == "feeds" else {}
        if operation.id == "consistency":
            must = {"from": "1"}
        if operation.id == "search":
            must = {"q": self.good["q"]}
        for target in self.targets(operation):
            answer = self.who.ask_at("GET", target + ("?" + urlencode(must) if must else ""))
            assert answer.status == operation.success(), (target, answer.status, answer.text)
            self.packed(target + ("?" + urlencode(must) if must else ""), answer)
        self.who.ask_at("HEAD", target + ("?" + urlencode(must) if must else ""))
        if "etag" in answer.headers:
            tag = answer.headers["etag"]
            for known in (tag, '"another, one", W/' + tag.removeprefix("W/"), "*"):
                assert self.who.ask_at("GET", target, If_None_Match=known).status == 304, (target, known)
            assert self.who.ask_at("GET", target, If_None_Match='"another"').status == answer.status, target
        for name in operation.parameters("query"):
            self.read_with(operation, target, must, name, answer)
        # Probes may add what they like.
        if target.startswith("/api/"):
            self.refused("GET", target + "?no-such=1", {400})
        self.refuse_path(operation)

    def packed(self, target, plain):
        """The same for who takes it packed; what comes is held against the description, too."""
        packed = self.who.ask_at("GET", target, Accept_Encoding="br, gzip;q=0.5")
        long = len(packed.text.encode()) >= 1024
        assert packed.status == plain.status and packed.headers.get("content-encoding") == ("gzip" if long else None), (target, packed.headers)
        assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding" and "content-encoding" not in plain.headers, target
        if long:
            assert int(packed.headers["content-length"]) < len(packed.text.encode()), target
        if "etag" in plain.headers:
            weak = plain.headers["etag"].startswith("W/")
            assert packed.text == plain.text, target
            assert packed.headers["etag"] == plain.headers["etag"][:-1] + ("-gzip" if long and not weak else "") + '"', (target, packed.headers)
            head = self.who.ask_at("HEAD", target, Accept_Encoding="gzip")
            assert all(head.headers[name] == packed.headers[name] for name in ("etag", "content-length")), (target, head.headers)
            assert self.who.ask_at("GET", target, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304, target

    def read_with(self, operation, target, must, name, answer):
        values = dict(self.good)
        register = target.split("/")[4] if "/registers/" in target else None
        if register:
            record = self.records.get(register)
            values["filter"] = "id=%s" % record["id"] if record else "key=no-such"
        if name == "after":
            first = self.who.ask_at("GET", target + "?" + urlencode({**must, "limit": "1"}))
            values["after"] = first["next"]
        if operation.id in ("calendar", "calendarFeed"):
            today = self.who.good("GET", "/calendar")["today"]
            values.update({"from": today, "to": today, "scope": "all", "token": None})
        if values[name] is not None:
            good = self.who.ask_at("GET", target + "?" + urlencode({**must, name: values[name]}))
            assert good.status == operation.success(), (target, name, good.status, good.text)
        self.refused("GET", target + "?" + urlencode({**must, name: "no-such" if name == "record" else self.bad[name]}),
                     {401} if name == "token" else {400, 404, 422})

    def refuse_path(self, operation):
        for name in operation.parameters("path"):
            self.refused(operation.method, operation.path.replace("{%s}" % name, self.bad[name]), {404})

    # What is written: a record of every register with every field in it, changed and retired again.

    def value(self, schema):
        """One that fits; None where there is none, such as a reference into a register without records."""
        schema = self.validator.whole(schema)
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "x-registers" in schema and "array" not in kinds:
            return self.reference(schema["x-registers"])
        if "anyOf" in schema:
            return self.records["organisation"]["id"]
        if "enum" in schema:
            return schema["enum"][-2]
        if "array" in kinds:
            item = schema["items"]
            if "x-registers" in schema:
                item = {**item, "x-registers": schema["x-registers"]}
            one = self.value(item)
            return [] if one is None else [one]
        if "object" in kinds:
            return {name: self.value(member) for name, member in schema["properties"].items()}
        if "integer" in kinds:
            return 3
        if "boolean" in kinds:
            return True
        if schema.get("format") == "date":
            return "2026-03-01"
        if schema.get("format") == "date-time":
            return "2026-03-01T12:00:00Z"
        return "12.5" if "pattern" in schema else "some text"

    def reference(self, registers):
        for name in registers:
            if name in self.records:
                return self.records[name]["id"]
        return None

    def values(self, schema):
        whole = self.validator.whole(schema)
        # Without what is written with a step that comes later.
        values = {name: self.value(member) for name, member in whole["properties"].items() if "x-signs" not in member}
        values.pop("state", None)  # it begins in the first one
        values["key"] = "made-by-a-test"
        values["organisation"] = self.good["organisation"]
        self.validator.check(values, schema, "what is sent")
        return values

    def write(self, operation):
        schema = operation.row["requestBody"]["content"]["application/json"]["schema"]
        values = self.values(schema)
        made = self.once("POST", operation.path, values, 201)
        other = self.who.ask_at("POST", operation.path, {**values, "key": "another"}, Idempotency_Key="POST" + operation.path)
        assert (other.status, other.problem) == (422, "key_reused"), (operation.path, other.status, other.text)
        self.refused("POST", operation.path, {400}, values, Idempotency_Key="x" * 201)
        self.refused("POST", operation.path, {400}, values, Idempotency_Key="a b")
        self.refused("POST", operation.path, {409}, values)
        self.refused("POST", operation.path, {422}, {**values, "no-such": 1})
        self.refused("POST", operation.path, {422}, {**values, "organisation": 7})
        self.refused("POST", operation.path, {422}, {"organisation": ""})
        self.refused("POST", operation.path, {400}, "[]")
        self.refused("POST", operation.path, {400}, '{"key"')
        self.refused("POST", operation.path, {415}, "key: x", Content_Type="text/yaml")
        self.change(self.registers[operation.path.split("/")[4]], made)

    def once(self, method, path, body, status, **headers):
        """Done by the first of two requests with one key; both get the same answer."""
        first, again = (self.who.ask_at(method, path, body, Idempotency_Key=method + path, **headers) for i in range(2))
        assert first.status == status, (path, first.status, first.text, body)
        assert (again.status, again.text) == (status, first.text), (path, again.status, again.text)
        assert all(again.headers.get(name) == first.headers.get(name) for name in ("location", "etag", "content-type")), path
        return first

    def change(self, register, made):
        path = made.headers["location"]
        told = {name: value for name, value in made.json.items() if name not in (
            "id", "key", "organisation", "feed", "recorded_from", "row_version", "recorded_by", "retired")}
        self.refused("PATCH", path, {428}, {})
        self.refused("PATCH", path, {400}, {}, If_Match=made.headers["etag"], Idempotency_Key="a b")
        for tag in ('"99"', '"99-gzip"', '"1-zip"', '"1', "1-gzip", 'W/"1-gzip"'):
            self.refused("PATCH", path, {412}, {}, If_Match=tag)
        self.refused("PATCH", path, {422}, {"key": "another"}, If_Match=made.headers["etag"])
        # A record as it is given out can be given back.
        again = self.once("PATCH", path, told, 200, If_Match=made.headers["etag"])
        self.refused("PATCH", path, {422}, {}, If_Match=made.headers["etag"], Idempotency_Key="PATCH" + path)
        self.refused("DELETE", path, {428})
        tag = self.who.ask_at("GET", path, Accept_Encoding="gzip").headers["etag"]
        if register["keeps"]:
            self.refused("DELETE", path, {403}, If_Match=tag)
        else:
            self.once("DELETE", path, None, 204, If_Match=tag)
            self.refused("DELETE", path, {404}, If_Match=again.headers["etag"])
        assert self.who.ask_at("GET", path + "/history").status == 200

    def write_many(self, operation):
        path = operation.path
        for body in ("[]", "{", {}, {"changes": 1}, {"changes": ["x"]}, {"changes": [], "no-such": 1}):
            self.refused("POST", path, {400} if isinstance(body, str) else {422}, body)
        assert self.who.ask_at("POST", path, {"changes": []})["results"] == []
        self.refused("POST", path, {413}, {"changes": [{}] * 1001})
        made = self.who.ask_at("POST", path, {"changes": [{"register": "incident", "values": {
            "organisation": self.good["organisation"]}}]}, Idempotency_Key="many")
        assert made.status == 200, made.text
        record = made["results"][0]["record"]
        gone = self.who.ask_at("POST", path, {"changes": [{"record": record, "version": 1, "values": {"severity": "low"}}]})
        assert gone["results"] == [{"index": 0, "record": record, "version": 2}], gone.text

    def report_errors(self, operation):
        path, error = operation.path, {"message": "m", "page": "/registers", "source": "s", "line": 1, "stack": "x"}
        for body in ("[]", "{", {}, {"message": 1, "page": "/"}, {**error, "line": "one"}, {**error, "no-such": 1}):
            self.refused("POST", path, {400} if isinstance(body, str) else {422}, body)
        assert self.who.ask_at("POST", path, error).status == 204

    def nobody(self, operation, target):
        """Without a token, and with one that is none."""
        for token in (None, "hft_" + "0" * 40):
            stranger = Client(self.who.port, token)
            kind = next(iter(operation.row.get("requestBody", {"content": {None: 0}})["content"]))
            body = {None: None, "text/csv": "key"}.get(kind, {})
            answer = stranger.ask_at(operation.method, target, body, **({"Content_Type": kind} if kind else {}))
            assert answer.status == 401, (operation.id, answer.status, answer.text)

    def ask_again(self, path, body, other, kind="application/json"):
        """A job with a key is asked for once."""
        headers = {"Content_Type": kind, "Idempotency_Key": path}
        made, again = (self.who.good("POST", path, body, 202, **headers) for i in range(2))
        assert again.text == made.text and again.headers["location"] == made.headers["location"], (made.text, again.text)
        self.who.refused(422, "key_reused", "POST", path, other, **headers)
        self.who.refused(400, "usage", "POST", path, body, Content_Type=kind, Idempotency_Key="a b")
        return self.who.ended(made)

    def jobs(self):
        """Routes of long work, where what is asked for is there only later."""
        who = self.who
        for name in self.registers:
            self.refused("POST", "/api/v1/registers/%s/export" % name, {422}, {"no-such": 1})
            self.refused("POST", "/api/v1/registers/%s/import?no-such=1" % name, {400}, "key", Content_Type="text/csv")
        for what in ("import", "export"):
            path = "/registers/no-such/" + what
            who.refused(404, "not_found", "POST", path, {} if what == "export" else "key",
                        Content_Type="application/json" if what == "export" else "text/csv")
        done = self.ask_again("/registers/site/export", {"format": "csv"}, {})
        file = who.good("GET", "/jobs/%d/result" % done["id"]).text
        who.good("HEAD", "/jobs/%d/result" % done["id"])
        again = who.good("POST", "/registers/site/import?dry_run=true&source=test&file=site.csv", file, 202, Content_Type="text/csv")
        assert again.headers["location"] == "/api/v1/jobs/%d" % again["id"]
        assert who.ended(again)["result"]["dry_run"]
        self.ask_again("/registers/site/import?dry_run=true", file, "key\n", "text/csv")
        self.ask_again("/assessments", {"full": True}, {})
        first = who.good("GET", "/assessments?before=1000000000")["assessments"][0]
        assert first["full"] and first["totals"]["failing"] >= 0
        who.refused(400, "usage", "GET", "/assessments?before=x")
        who.refused(422, "invalid", "POST", "/assessments", {"as_of": 1})
        who.good("GET", "/jobs?all=false")
        who.refused(400, "usage", "GET", "/jobs?all=x")
        for path in ("/jobs/1", "/jobs/x", "/jobs/1/result", "/jobs/%d/result" % again["id"]):
            who.refused(404, "not_found", "GET", path)
        who.refused(404, "not_found", "DELETE", "/jobs/1")
        # Behind one that takes a while it waits, and ends at once.
        slow = who.good("POST", "/assessments", {"full": True}, 202)
        told = who.ask("DELETE", "/jobs/%d" % slow["id"])
        while told.status == 409:
            slow = who.good("POST", "/assessments", {"full": True}, 202)
            told = who.ask("DELETE", "/jobs/%d" % slow["id"])
        assert told.status == 202 and who.ended(slow)["state"] in ("cancelled", "done"), told.text

    def all(self):
        """But what is about people, which goes in an order of its own (people.py, scim.py)."""
        for operation in self.description.operations:
            if operation.group in ("signing in", "me", "users", "scim"):
                continue
            if operation.id == "events":  # which does not end
                self.who.good("HEAD", "/events")
                self.refused("GET", "/api/v1/events?no-such=1", {400})
            if operation.group in ("jobs", "events"):
                self.nobody(operation, operation.path.replace("{register}", "site").replace("{job}", "1"))
                continue
            if operation.method == "GET":
                self.read(operation)
            elif operation.id == "reportError":
                self.report_errors(operation)
            elif operation.id == "makeChanges":
                self.write_many(operation)
            elif operation.method == "POST":
                self.write(operation)
            if not operation.public:
                self.nobody(operation, self.targets(operation)[0])
        self.jobs()

