//! The statements that SQLite and PostgreSQL have in common. Each is one atomic step of its own: both
//! find and lock the row before they look at what the condition says about it.

/// `$1` purpose, `$2` tenant, `$3` id, `$4` now.
pub(super) const GET: &str = "
    SELECT id, value, expires_at FROM secure_store
    WHERE purpose = $1 AND tenant = $2 AND id = $3 AND expires_at > $4";

/// `$1` purpose, `$2` tenant, `$3` id, `$4` owner, `$5` value, `$6` the end.
pub(super) const PUT: &str = "
    INSERT INTO secure_store (purpose, tenant, id, owner, value, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (purpose, tenant, id) DO UPDATE
    SET owner = excluded.owner, value = excluded.value, expires_at = excluded.expires_at";

/// As [`PUT`], and `$7` now.
pub(super) const PUT_IF_ABSENT: &str = "
    INSERT INTO secure_store (purpose, tenant, id, owner, value, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (purpose, tenant, id) DO UPDATE
    SET owner = excluded.owner, value = excluded.value, expires_at = excluded.expires_at
    WHERE secure_store.expires_at <= $7";

/// `$1` purpose, `$2` tenant, `$3` id. What is over goes, too.
pub(super) const TAKE: &str = "
    DELETE FROM secure_store
    WHERE purpose = $1 AND tenant = $2 AND id = $3
    RETURNING id, value, expires_at";

/// As [`PUT_IF_ABSENT`], and `$8` the value that is expected.
pub(super) const COMPARE_AND_SWAP: &str = "
    UPDATE secure_store SET owner = $4, value = $5, expires_at = $6
    WHERE purpose = $1 AND tenant = $2 AND id = $3 AND expires_at > $7 AND value = $8";

/// `$1` purpose, `$2` tenant, `$3` owner, `$4` now.
pub(super) const LIST: &str = "
    SELECT id, value, expires_at FROM secure_store
    WHERE purpose = $1 AND tenant = $2 AND owner = $3 AND expires_at > $4";
