-- What happened to somebody's access. No row refers to `accounts`: what happened stays when an account goes.
CREATE TABLE audit (
    -- In the order in which they happened.
    id         INTEGER PRIMARY KEY NOT NULL,
    at         INTEGER NOT NULL,
    -- Named as the OWASP logging vocabulary names it.
    event      TEXT    NOT NULL,
    -- Whether somebody should look at it.
    alarming   INTEGER NOT NULL CHECK (alarming IN (0, 1)),
    subject    TEXT,
    session    TEXT,
    api_key    TEXT,
    request_id TEXT,
    address    TEXT
) STRICT;

CREATE INDEX audit_by_time ON audit (at);
