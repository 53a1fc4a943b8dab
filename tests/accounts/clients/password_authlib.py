"""Authlib: the endpoints from the metadata (RFC 8414), the password grant, a refresh, a revocation."""

import sys

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

base, username, password = sys.argv[1:]

metadata = AuthorizationServerMetadata(requests.get(get_well_known_url(base, external=True)).json())
metadata.validate()
assert metadata["issuer"] == base, metadata

session = OAuth2Session(
    "app",
    token_endpoint_auth_method="none",
    revocation_endpoint_auth_method="none",
    token_endpoint=metadata["token_endpoint"],
)
first = session.fetch_token(metadata["token_endpoint"], username=username, password=password)
assert session.get(f"{base}/me").json()["email"] == username

second = session.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
assert second["refresh_token"] != first["refresh_token"]
assert session.get(f"{base}/me").status_code == 200

try:
    session.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
except OAuthError as error:
    assert error.error == "invalid_grant", error
else:
    raise AssertionError("a refresh token was taken twice")

third = session.fetch_token(metadata["token_endpoint"], username=username, password=password)
answer = session.revoke_token(metadata["revocation_endpoint"], token=third["refresh_token"])
assert answer.status_code == 200, answer.text
bearer = {"Authorization": f"Bearer {third['access_token']}"}
assert requests.get(f"{base}/me", headers=bearer).status_code == 401
