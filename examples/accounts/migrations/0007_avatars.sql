-- The picture of an account: the name of a kept file.
ALTER TABLE accounts ADD COLUMN avatar TEXT;

-- Kept files that nothing refers to any more. They are noted together with the change that is the reason,
-- and go from here once they are deleted: neither a crash nor a full disk forgets one.
CREATE TABLE unused_files (
    file TEXT PRIMARY KEY NOT NULL
) STRICT;

CREATE TRIGGER avatar_replaced
AFTER UPDATE OF avatar ON accounts
WHEN OLD.avatar IS NOT NULL AND OLD.avatar IS NOT NEW.avatar
BEGIN
    INSERT OR IGNORE INTO unused_files (file) VALUES (OLD.avatar);
END;

CREATE TRIGGER avatar_of_somebody_deleted
AFTER DELETE ON accounts
WHEN OLD.avatar IS NOT NULL
BEGIN
    INSERT OR IGNORE INTO unused_files (file) VALUES (OLD.avatar);
END;
