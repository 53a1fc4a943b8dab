-- Times are seconds since 1970-01-01T00:00:00Z.

CREATE TABLE accounts (
    id            BLOB    PRIMARY KEY NOT NULL,
    -- As people are looked up: in lower case.
    email         TEXT    NOT NULL UNIQUE,
    -- A display name: it need not be unique.
    username      TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('admin', 'moderator', 'user')),
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL
) STRICT;

-- Attempts to sign up. Each is a record of its own: whoever holds its token holds the mailbox.
CREATE TABLE registrations (
    id         BLOB    PRIMARY KEY NOT NULL,
    email      TEXT    NOT NULL,
    username   TEXT    NOT NULL,
    -- SHA-256 of the token; none until the mail is written.
    token_hash BLOB    UNIQUE,
    mailed     INTEGER NOT NULL DEFAULT 0 CHECK (mailed IN (0, 1)),
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX registrations_by_email ON registrations (email);
CREATE INDEX registrations_to_mail ON registrations (id) WHERE mailed = 0;

CREATE TABLE articles (
    id         BLOB    PRIMARY KEY NOT NULL,
    -- Who deletes an account deletes what it wrote.
    author_id  BLOB    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    title      TEXT    NOT NULL,
    body_html  TEXT    NOT NULL,
    draft      INTEGER NOT NULL CHECK (draft IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX articles_by_author ON articles (author_id);
