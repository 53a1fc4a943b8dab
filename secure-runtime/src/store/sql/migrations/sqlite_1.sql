CREATE TABLE secure_store (
    purpose TEXT NOT NULL,
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT,
    value BLOB NOT NULL,
    -- Milliseconds since 1970-01-01T00:00:00Z.
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (purpose, tenant, id)
) STRICT;
CREATE INDEX secure_store_owner ON secure_store (purpose, tenant, owner) WHERE owner IS NOT NULL;
CREATE INDEX secure_store_expires_at ON secure_store (expires_at);
