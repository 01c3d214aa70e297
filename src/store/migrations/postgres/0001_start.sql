-- Times are Unix microseconds, but in `audit`, whose rows are kept as they are exported.

CREATE TABLE sessions (
    key             BYTEA   NOT NULL PRIMARY KEY, -- SHA-256 of the id in the cookie
    parent          BYTEA,                         -- the session that this one ends with
    provider        TEXT COLLATE "C" NOT NULL,
    issuer          TEXT COLLATE "C" NOT NULL,
    sub             TEXT COLLATE "C" NOT NULL,
    sid             TEXT COLLATE "C",
    identity        TEXT COLLATE "C" NOT NULL,             -- JSON
    id_token_sealed BYTEA,
    created_at      BIGINT  NOT NULL,
    last_seen       BIGINT  NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (issuer, sub);
CREATE INDEX sessions_of_sid ON sessions (issuer, sid);
CREATE INDEX sessions_of_parent ON sessions (parent);
CREATE INDEX sessions_by_age ON sessions (created_at);

-- What may be used once: login states, confirmations.
CREATE TABLE redeemed (
    hash       BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX redeemed_by_age ON redeemed (expires_at);

CREATE TABLE settings (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- The records, each a link of its writer's chain.
CREATE TABLE audit (
    id           TEXT COLLATE "C" NOT NULL,
    time         TEXT COLLATE "C" NOT NULL,
    event        TEXT COLLATE "C" NOT NULL,
    outcome      TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C",
    reference    TEXT COLLATE "C",
    issuer       TEXT COLLATE "C",
    sub          TEXT COLLATE "C",
    email        TEXT COLLATE "C",
    provider     TEXT COLLATE "C",
    app          TEXT COLLATE "C",
    vendor       TEXT COLLATE "C",
    kid          TEXT COLLATE "C",
    jti          TEXT COLLATE "C",
    token_sha256 TEXT COLLATE "C",
    issued_at    TEXT COLLATE "C",
    expires_at   TEXT COLLATE "C",
    roles        TEXT COLLATE "C" NOT NULL, -- JSON
    address      TEXT COLLATE "C",
    actor        TEXT COLLATE "C",
    writer       TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL,
    prev         TEXT COLLATE "C" NOT NULL,
    mac          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (writer, seq)
);
-- Not unique: one row that is there already must not fail the batch of others.
CREATE INDEX audit_by_id ON audit (id);
CREATE INDEX audit_by_time ON audit (time, writer, seq);
CREATE INDEX audit_by_reference ON audit (reference);

-- The last row of every chain.
CREATE TABLE audit_heads (
    writer TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq    BIGINT NOT NULL,
    mac    TEXT COLLATE "C" NOT NULL
);

-- The heads that were known when a chain began; the MAC over them is the `prev` of its first row.
CREATE TABLE audit_starts (
    writer TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    heads  TEXT COLLATE "C" NOT NULL -- lines of writer, seq, mac
);

-- How far retention has cut a chain: the last row that went.
CREATE TABLE audit_tombstones (
    writer   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq      BIGINT NOT NULL,
    row_mac  TEXT COLLATE "C" NOT NULL,
    cut_at   TEXT COLLATE "C" NOT NULL,
    mac      TEXT COLLATE "C" NOT NULL
);

-- Counts an hour, for charts.
CREATE TABLE rollups (
    hour    TEXT COLLATE "C" NOT NULL, -- such as 2026-11-21T06
    event   TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    reason  TEXT COLLATE "C" NOT NULL,
    app     TEXT COLLATE "C" NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (hour, event, outcome, reason, app)
);
