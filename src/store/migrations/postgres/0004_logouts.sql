-- What providers said of sessions that ended there: each token acts once, and no sign-in that was under
-- way then makes a session (C-25).
CREATE TABLE logouts (
    once       BYTEA  NOT NULL PRIMARY KEY, -- SHA-256 of issuer and jti
    issuer     TEXT COLLATE "C" NOT NULL,
    sid        TEXT COLLATE "C",
    sub        TEXT COLLATE "C",
    issued_at  BIGINT NOT NULL,             -- Unix microseconds, by the provider's clock
    expires_at BIGINT NOT NULL              -- Unix microseconds
);
CREATE INDEX logouts_of_issuer ON logouts (issuer, issued_at);
CREATE INDEX logouts_by_age ON logouts (expires_at);
