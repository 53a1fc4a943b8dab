"""The service of section `stack` with FastAPI, slowapi and PyJWT, as a careful team would wire it."""

import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, EmailStr, Field
from slowapi import Limiter
from slowapi.errors import RateLimitExceeded
from slowapi.extension import _rate_limit_exceeded_handler
from slowapi.util import get_remote_address

KEY = bytes.fromhex(os.environ["TOKEN_KEY"])
ISSUER = os.environ["TOKEN_ISSUER"]
AUDIENCE = os.environ["TOKEN_AUDIENCE"]
# As many as the others allow.
LIMIT = "4000000000/second"
HEADERS = [
    (name.encode(), value.encode())
    for name, value in {
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-permitted-cross-domain-policies": "none",
        "x-xss-protection": "0",
    }.items()
]


class SecurityHeaders:
    """On every answer; plain ASGI, which is faster than `BaseHTTPMiddleware`."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message):
            if message["type"] == "http.response.start":
                message["headers"].extend(HEADERS)
            await send(message)

        await self.app(scope, receive, with_headers)


limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
app = FastAPI(openapi_url=None)
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example.com"],
    allow_methods=["GET", "POST"],
    allow_headers=["authorization", "content-type"],
    max_age=3600,
)
app.add_middleware(SecurityHeaders)
bearer = HTTPBearer(auto_error=False)


class NewNote(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=2000)
    reply_to: EmailStr = Field(max_length=254)
    priority: int = Field(ge=1, le=5)


class Note(BaseModel):
    id: int
    author: str
    title: str
    text: str
    reply_to: str
    priority: int


async def user(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
    challenge = {"WWW-Authenticate": "Bearer"}
    if credentials is None:
        raise HTTPException(401, headers=challenge)
    try:
        claims = jwt.decode(
            credentials.credentials,
            KEY,
            algorithms=["HS256"],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=30,
            options={"require": ["exp", "nbf", "iss", "aud", "sub"]},
        )
    except jwt.InvalidTokenError:
        raise HTTPException(401, headers=challenge) from None
    if "user" not in claims.get("roles", []):
        raise HTTPException(403)
    return claims["sub"]


Caller = Annotated[str, Depends(user)]


@app.get("/notes")
@limiter.limit(LIMIT)
async def read(request: Request, response: Response, caller: Caller) -> Note:
    return Note(
        id=1,
        author=caller,
        title="Groceries",
        text="Bread, butter, two lemons.",
        reply_to="ada@example.com",
        priority=3,
    )


@app.post("/notes")
@limiter.limit(LIMIT)
async def create(request: Request, response: Response, caller: Caller, note: NewNote) -> Note:
    return Note(id=2, author=caller, **note.model_dump())
