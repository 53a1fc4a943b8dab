-- Compared byte by byte: no change of the machine's language settings can break the indexes.
CREATE TABLE secure_store (
    purpose TEXT COLLATE "C" NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C",
    value BYTEA NOT NULL,
    -- Milliseconds since 1970-01-01T00:00:00Z.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (purpose, tenant, id)
);
CREATE INDEX secure_store_owner ON secure_store (purpose, tenant, owner) WHERE owner IS NOT NULL;
CREATE INDEX secure_store_expires_at ON secure_store (expires_at);
