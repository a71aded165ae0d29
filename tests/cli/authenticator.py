"""authenticator.py -- a security key in software, and the browser before it: what they answer (Web Authentication
Level 2), with a key on P-256 whose numbers are made here, as Python's own library has no such curve."""
import base64
import hashlib
import json
import secrets

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(number, point):
    sum = None
    while number:
        if number & 1:
            sum = add(sum, point)
        point = add(point, point)
        number >>= 1
    return sum


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def der_integer(number):
    data = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(data)]) + data


class Authenticator:
    def __init__(self, site, origin):
        self.site, self.origin = site, origin
        self.id = secrets.token_bytes(16)
        self.secret = secrets.randbelow(N - 1) + 1
        self.count = 0

    def sign(self, data):
        digest = int.from_bytes(hashlib.sha256(data).digest(), "big")
        k = secrets.randbelow(N - 1) + 1
        r = times(k, G)[0] % N
        both = der_integer(r) + der_integer(pow(k, -1, N) * (digest + r * self.secret) % N)
        return b"\x30" + bytes([len(both)]) + both

    def client_data(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def head(self, flags):
        self.count += 1
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def register(self, challenge, name):
        """What goes to POST /me/security-keys."""
        x, y = (number.to_bytes(32, "big") for number in times(self.secret, G))
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
        data = self.head(0x41) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        return {"name": name, "client_data": url64(self.client_data("webauthn.create", challenge)),
                "attestation": url64(attestation)}

    def answer(self, challenge):
        """What goes to POST /session/security-key."""
        client, data = self.client_data("webauthn.get", challenge), self.head(0x01)
        return {"key": url64(self.id), "client_data": url64(client), "authenticator_data": url64(data),
                "signature": url64(self.sign(data + hashlib.sha256(client).digest()))}
