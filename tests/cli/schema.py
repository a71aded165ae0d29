"""schema.py -- JSON Schema 2020-12, for just those keywords that Holdfast's description uses. Any other is an error of the
description, so that nothing in it is believed without being looked at."""
import re

NOTES = {"title", "description", "x-registers", "x-signs"}
FORMATS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
}
TYPES = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
    "null": lambda v: v is None,
}


class Refused(Exception):
    pass


class Validator:
    def __init__(self, document):
        self.document = document

    def find(self, ref):
        if not ref.startswith("#/"):
            raise Refused("%r is no place in the description" % ref)
        at = self.document
        for part in ref[2:].split("/"):
            if part not in at:
                raise Refused("%r is not in the description" % ref)
            at = at[part]
        return at

    def whole(self, at):
        """What is meant, where there is a reference to it."""
        while "$ref" in at:
            at = self.find(at["$ref"])
        return at

    def check(self, value, schema, where="body"):
        known = {name[1:]: getattr(self, name) for name in dir(self) if name.startswith("k")}
        for keyword, rule in schema.items():
            if keyword in NOTES:
                continue
            name = keyword.strip("$")
            if name not in known:
                raise Refused("%s: the keyword %r is not known here" % (where, keyword))
            known[name](value, rule, schema, where)

    def kref(self, value, rule, schema, where):
        self.check(value, self.find(rule), where)

    def ktype(self, value, rule, schema, where):
        types = rule if isinstance(rule, list) else [rule]
        if not any(TYPES[name](value) for name in types):
            raise Refused("%s: %.80r is no %s" % (where, value, " or ".join(types)))

    def kenum(self, value, rule, schema, where):
        if value not in rule:
            raise Refused("%s: %.80r is none of %.200r" % (where, value, rule))

    def kconst(self, value, rule, schema, where):
        if value != rule:
            raise Refused("%s: %.80r is not %r" % (where, value, rule))

    def kpattern(self, value, rule, schema, where):
        if isinstance(value, str) and not re.search(rule, value):
            raise Refused("%s: %.80r does not match %s" % (where, value, rule))

    def kformat(self, value, rule, schema, where):
        if isinstance(value, str) and not FORMATS[rule].fullmatch(value):
            raise Refused("%s: %.80r is no %s" % (where, value, rule))

    def kminLength(self, value, rule, schema, where):
        if isinstance(value, str) and len(value) < rule:
            raise Refused("%s: %.80r is too short" % (where, value))

    def kmaxLength(self, value, rule, schema, where):
        if isinstance(value, str) and len(value) > rule:
            raise Refused("%s: %.80r is too long" % (where, value))

    def krequired(self, value, rule, schema, where):
        for name in rule:
            if isinstance(value, dict) and name not in value:
                raise Refused("%s: %r is missing" % (where, name))

    def kproperties(self, value, rule, schema, where):
        for name, member in rule.items():
            if isinstance(value, dict) and name in value:
                self.check(value[name], member, where + "." + name)

    def kadditionalProperties(self, value, rule, schema, where):
        if rule is not False:
            raise Refused("%s: additionalProperties is not false" % where)
        for name in value if isinstance(value, dict) else ():
            if name not in schema.get("properties", {}):
                raise Refused("%s: %r is not described" % (where, name))

    def kitems(self, value, rule, schema, where):
        for i, item in enumerate(value if isinstance(value, list) else ()):
            self.check(item, rule, "%s[%d]" % (where, i))

    def kallOf(self, value, rule, schema, where):
        for one in rule:
            self.check(value, one, where)

    def kanyOf(self, value, rule, schema, where):
        why = []
        for one in rule:
            try:
                return self.check(value, one, where)
            except Refused as e:
                why.append(str(e))
        raise Refused("%s: none of what is allowed: %s" % (where, "; ".join(why)[:600]))
