"""PyJWT: verifies our tokens with our public keys, before, during and after a rotation."""

import os
import subprocess
import sys
import time

import jwt
import requests

base, username, password, binary = sys.argv[1:]

metadata = requests.get(f"{base}/.well-known/oauth-authorization-server").json()
# It keeps what it has read for as long as we say: SECURE_JWKS_MAX_AGE.
keys = jwt.PyJWKClient(metadata["jwks_uri"], cache_jwk_set=True, lifespan=1)


def sign_in():
    body = {"email": username, "password": password}
    return requests.post(f"{base}/auth/login", json=body).json()


def refresh(tokens):
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    answer = requests.post(metadata["token_endpoint"], data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()


def verify(token):
    """Which key has signed it."""
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["ES256"],
        audience=base,
        issuer=base,
        options={"require": ["iss", "aud", "sub", "client_id", "exp", "iat", "nbf", "jti", "auth_time"]},
    )
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "at+jwt", header
    assert claims["roles"] == ["user"] and "profile:read" in claims["scope"], claims
    return header["kid"]


def rotate():
    subprocess.run([binary, "keys", "rotate"], check=True, env=os.environ)


def published():
    return {key["kid"] for key in requests.get(metadata["jwks_uri"]).json()["keys"]}


tokens = sign_in()
first = tokens["access_token"]
old = verify(first)

rotate()
deadline = time.monotonic() + 30
while len(published()) < 2:
    assert time.monotonic() < deadline, "the next key is not published"
    time.sleep(0.1)
assert verify(first) == old
time.sleep(1)
rotate()

kid = old
while kid == old:
    assert time.monotonic() < deadline, "the next key does not sign"
    # Ten requests a minute.
    time.sleep(3)
    tokens = refresh(tokens)
    kid = verify(tokens["access_token"])
# What the old key has signed is still good.
assert verify(first) == old
bearer = {"Authorization": f"Bearer {first}"}
assert requests.get(f"{base}/me", headers=bearer).status_code == 200

signature = first.rsplit(".", 1)[1]
try:
    verify(tokens["access_token"].rsplit(".", 1)[0] + "." + signature)
except jwt.InvalidSignatureError:
    pass
else:
    raise AssertionError("any signature will do")
