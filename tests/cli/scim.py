"""scim.py -- a directory of people, as those of others speak SCIM."""
import re
from urllib.parse import urlencode

from client import Client
from described import Description

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class Directory(Client):
    def send(self, method, path, body=None, **headers):
        if body is not None:
            headers.setdefault("Content_Type", "application/scim+json; charset=utf-8")
        return self.ask_at(method, "/scim/v2" + path, body, **headers)

    def does(self, method, path, body=None, status=200, **headers):
        answer = self.send(method, path, body, **headers)
        assert answer.status == status, (method, path, answer.status, answer.text[:600])
        return answer

    def wrong(self, status, kind, method, path, body=None, **headers):
        answer = self.send(method, path, body, **headers)
        assert answer.status == status, (method, path, answer.status, answer.text[:600])
        assert answer["schemas"] == [ERROR] and answer["status"] == str(status), answer.text
        assert answer.json.get("scimType") == kind, (method, path, kind, answer.text[:600])
        return answer

    def find(self, path, text, **more):
        """What a filter finds."""
        return self.does("GET", path + "?" + urlencode({"filter": text, **more}))["Resources"]

    def patch(self, path, *operations, status=200, **headers):
        return self.does("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, status, **headers)

    def bad_patch(self, kind, path, *operations, status=400):
        return self.wrong(status, kind, "PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


def routes(port, token, organisation):
    """Every route of SCIM, well and badly, with the token of a directory that sees all."""
    one = Directory(port, token)
    for path in ("/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/" + USER, "/Users", "/Groups"):
        one.does("GET", path)
    for path in ("/ResourceTypes/no-such", "/Schemas/no-such", "/Users/1", "/Groups/no-such"):
        one.wrong(404, None, "GET", path)
    for path in ("/Users", "/Groups"):
        one.does("GET", path + "?" + urlencode({"filter": "id pr", "startIndex": 2, "count": 1, "attributes": "id", "excludedAttributes": "meta"}))
        one.wrong(400, "invalidFilter", "GET", path + "?filter=nothing")
        one.wrong(400, "invalidValue", "GET", path + "?startIndex=x")
        one.wrong(400, "invalidValue", "GET", path + "?count=x")
    made = one.does("POST", "/Users", {"userName": "exercised", ENTERPRISE: {"organization": organisation}}, 201)
    user = "/Users/" + made["id"]
    for path, body in ((user, {"userName": "exercised", "displayName": "Exercised"}), ("/Groups/hr", {"displayName": "HR", "members": [{"value": made["id"]}]})):
        tag = one.does("GET", path).headers["etag"]
        one.does("GET", path, status=304, If_None_Match=tag)
        one.does("GET", path, status=304, If_None_Match='"0", ' + tag.removeprefix("W/"))
        one.does("PUT", path + "?attributes=id", body, If_Match=tag)
        one.wrong(412, None, "PUT", path, body, If_Match=tag)
        one.wrong(400, "invalidSyntax", "PATCH", path, {})
    one.patch(user, {"op": "replace", "value": {"active": False}})
    one.patch("/Groups/hr", {"op": "remove", "path": "members"}, status=204)
    one.wrong(400, "mutability", "POST", "/Groups", {"displayName": "x"})
    one.wrong(400, "mutability", "DELETE", "/Groups/hr")
    one.wrong(409, "uniqueness", "POST", "/Users", {"userName": "Exercised", ENTERPRISE: {"organization": organisation}})
    one.does("DELETE", user, status=204)
    for operation in Description.of(port).operations:
        if operation.group != "scim":
            continue
        for stranger in (None, "hft_" + "0" * 40):
            body = {} if "requestBody" in operation.row else None
            answer = Client(port, stranger).ask_at(operation.method, re.sub("{[a-z]*}", "1", operation.path), body)
            assert answer.status == 401 and answer["schemas"] == [ERROR], (operation.id, answer.status, answer.text)
