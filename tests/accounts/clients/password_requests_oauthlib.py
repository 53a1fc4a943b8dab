"""requests-oauthlib: the password grant, a call, a refresh, and a second use that is refused."""

import sys

from oauthlib.oauth2 import LegacyApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError
from requests_oauthlib import OAuth2Session

base, username, password = sys.argv[1:]
token_url = f"{base}/auth/token"

session = OAuth2Session(client=LegacyApplicationClient(client_id="app"))
first = session.fetch_token(token_url, username=username, password=password)
assert first["token_type"].lower() == "bearer", first
assert "profile:read" in first.scope, first
assert session.get(f"{base}/me").json()["email"] == username

second = session.refresh_token(token_url)
assert second["refresh_token"] != first["refresh_token"]
assert session.get(f"{base}/me").status_code == 200

try:
    session.refresh_token(token_url, refresh_token=first["refresh_token"])
except InvalidGrantError as error:
    assert error.error == "invalid_grant", error
else:
    raise AssertionError("a refresh token was taken twice")

stolen = OAuth2Session(token={"access_token": second["access_token"], "token_type": "bearer"})
assert stolen.get(f"{base}/me").status_code == 401

try:
    session.fetch_token(token_url, username=username, password="not the password")
except InvalidGrantError:
    pass
else:
    raise AssertionError("any password will do")
