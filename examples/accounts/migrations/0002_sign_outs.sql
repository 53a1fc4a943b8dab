-- Accounts that are still to be signed out everywhere. They may be gone by then.
CREATE TABLE sign_outs (
    id         BLOB PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL
) STRICT;
