-- Times are Unix microseconds, but in `audit`, whose rows are kept as they are exported.

CREATE TABLE sessions (
    key             BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the id in the cookie
    parent          BLOB,                         -- the session that this one ends with
    provider        TEXT    NOT NULL,
    issuer          TEXT    NOT NULL,
    sub             TEXT    NOT NULL,
    sid             TEXT,
    identity        TEXT    NOT NULL,             -- JSON
    id_token_sealed BLOB,
    created_at      BIGINT  NOT NULL,
    last_seen       BIGINT  NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (issuer, sub);
CREATE INDEX sessions_of_sid ON sessions (issuer, sid);
CREATE INDEX sessions_of_parent ON sessions (parent);
CREATE INDEX sessions_by_age ON sessions (created_at);

-- What may be used once: login states, confirmations.
CREATE TABLE redeemed (
    hash       BLOB   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX redeemed_by_age ON redeemed (expires_at);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);

-- The records, each a link of its writer's chain.
CREATE TABLE audit (
    id           TEXT   NOT NULL,
    time         TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    outcome      TEXT   NOT NULL,
    reason       TEXT,
    reference    TEXT,
    issuer       TEXT,
    sub          TEXT,
    email        TEXT,
    provider     TEXT,
    app          TEXT,
    vendor       TEXT,
    kid          TEXT,
    jti          TEXT,
    token_sha256 TEXT,
    issued_at    TEXT,
    expires_at   TEXT,
    roles        TEXT   NOT NULL, -- JSON
    address      TEXT,
    actor        TEXT,
    writer       TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    prev         TEXT   NOT NULL,
    mac          TEXT   NOT NULL,
    PRIMARY KEY (writer, seq)
);
-- Not unique: one row that is there already must not fail the batch of others.
CREATE INDEX audit_by_id ON audit (id);
CREATE INDEX audit_by_time ON audit (time, writer, seq);
CREATE INDEX audit_by_reference ON audit (reference);

-- The last row of every chain.
CREATE TABLE audit_heads (
    writer TEXT   NOT NULL PRIMARY KEY,
    seq    BIGINT NOT NULL,
    mac    TEXT   NOT NULL
);

-- The heads that were known when a chain began; the MAC over them is the `prev` of its first row.
CREATE TABLE audit_starts (
    writer TEXT NOT NULL PRIMARY KEY,
    heads  TEXT NOT NULL -- lines of writer, seq, mac
);

-- How far retention has cut a chain: the last row that went.
CREATE TABLE audit_tombstones (
    writer   TEXT   NOT NULL PRIMARY KEY,
    seq      BIGINT NOT NULL,
    row_mac  TEXT   NOT NULL,
    cut_at   TEXT   NOT NULL,
    mac      TEXT   NOT NULL
);

-- Counts an hour, for charts.
CREATE TABLE rollups (
    hour    TEXT   NOT NULL, -- such as 2026-11-21T06
    event   TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    app     TEXT   NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (hour, event, outcome, reason, app)
);
