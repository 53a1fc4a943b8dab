-- Whether the API keys of the account end with its sign-ins.
ALTER TABLE sign_outs ADD COLUMN revoke_api_keys INTEGER NOT NULL DEFAULT 0
    CHECK (revoke_api_keys IN (0, 1));
