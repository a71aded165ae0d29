"""described.py -- holds what the server answers against its own description, /api/v1/openapi.json."""
import http.client
import json
import re

from schema import Refused, Validator

# Refusals of the server itself, that any request can meet; each path's `default` stands for them.
ANYWHERE = {405, 411, 413, 414, 415, 431, 501, 505}


def no_twins(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a name comes twice: %s" % sorted(n for n in names if names.count(n) > 1)[:3]
    return dict(pairs)


class Operation:
    def __init__(self, method, path, row):
        self.method, self.path, self.row = method, path, row
        self.id = row["operationId"]
        self.group = row["tags"][0]
        self.public = row.get("security") == []
        self.seen = set()  # statuses
        parts = re.split(r"\{[^}]*\}", path)
        self.pattern = re.compile("[^/?]+".join(re.escape(part) for part in parts))

    def parameters(self, place):
        return {p["name"]: p for p in self.row["parameters"] if p["in"] == place}

    def success(self):
        return min(int(status) for status in self.row["responses"] if status != "default")


class Description:
    known = {}

    @classmethod
    def of(cls, port):
        if port not in cls.known:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/api/v1/openapi.json")
            cls.known[port] = cls(json.loads(connection.getresponse().read(), object_pairs_hook=no_twins))
            connection.close()
        return cls.known[port]

    @classmethod
    def forget(cls, port):
        """The server describes itself anew, by another plan."""
        del cls.known[port]

    def __init__(self, document):
        self.document = document
        self.validator = Validator(document)
        self.operations = [Operation(method.upper(), path, row) for path, item in document["paths"].items()
                           for method, row in item.items()]

    def find(self, method, target):
        """The one whose path it is; a path in words goes before one with a name in it."""
        path = target.partition("?")[0]
        method = "GET" if method == "HEAD" else method
        fit = [o for o in self.operations if o.method == method and o.pattern.fullmatch(path)]
        return min(fit, key=lambda o: o.path.count("{"), default=None)

    def reply(self, operation, status):
        row = operation.row["responses"].get(str(status))
        if row is None and status in ANYWHERE:
            row = operation.row["responses"]["default"]
        if row is None:
            raise Refused("the status is not described")
        return self.validator.whole(row)

    def check(self, method, target, answer):
        try:
            self.check_answer(method, target, answer)
        except Refused as e:
            raise AssertionError("%s %s: %d: %s\n%.600s" % (method, target, answer.status, e, answer.text)) from None

    def check_answer(self, method, target, answer):
        operation = self.find(method, target)
        if operation:
            operation.seen.add(answer.status)
            row = self.reply(operation, answer.status)
        elif answer.status >= 400:
            row = self.document["components"]["responses"]["problem"]
        else:
            raise Refused("no such path and method are described")
        for name, header in row.get("headers", {}).items():
            if header.get("required", True) and name.lower() not in answer.headers:
                raise Refused("it has no header %s" % name)
        if method != "HEAD":
            self.check_body(row, answer)
        if answer.problem and (answer["status"], answer["instance"].rpartition(":")[2]) != (
                answer.status, answer.headers["request-id"]):
            raise Refused("status or instance are not those of the answer")

    def check_body(self, row, answer):
        content = row.get("content")
        if not content:
            if answer.text or "content-type" in answer.headers:
                raise Refused("it has a body")
            return
        media = answer.headers.get("content-type", "").partition(";")[0]
        if media not in content:
            raise Refused("the media type %r is not described" % media)
        value = answer.json if media.endswith("json") else answer.text
        self.validator.check(value, content[media]["schema"])

    def left(self, wanted=lambda operation: True):
        """What was never answered well, or never refused though it can be."""
        for o in self.operations:
            if wanted(o) and o.success() not in o.seen:
                yield "%s: never %d, but %s" % (o.id, o.success(), sorted(o.seen))
            refusals = [int(s) for s in o.row["responses"] if s[0] == "4"]
            if o.path.startswith("/api/") and wanted(o) and refusals and not o.seen.intersection(refusals):
                yield "%s: never refused" % o.id
