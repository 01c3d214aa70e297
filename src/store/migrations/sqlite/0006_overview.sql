-- Sign-ins are told apart by provider; for everything else it is empty.
CREATE TABLE rollups_by_provider (
    hour     TEXT   NOT NULL, -- such as 2026-11-21T06
    event    TEXT   NOT NULL,
    outcome  TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    app      TEXT   NOT NULL,
    provider TEXT   NOT NULL,
    count    BIGINT NOT NULL,
    PRIMARY KEY (hour, event, outcome, reason, app, provider)
);
INSERT INTO rollups_by_provider SELECT hour, event, outcome, reason, app, '', count FROM rollups;
DROP TABLE rollups;
ALTER TABLE rollups_by_provider RENAME TO rollups;

-- In what form each claim came that the configuration reads, counted an hour; never what it said.
CREATE TABLE claim_hours (
    hour     TEXT   NOT NULL,
    provider TEXT   NOT NULL,
    claim    TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    count    BIGINT NOT NULL,
    PRIMARY KEY (hour, provider, claim, kind)
);

-- The groups that rules name, by days such as 2026-11-21.
CREATE TABLE groups_seen (
    name  TEXT NOT NULL PRIMARY KEY,
    since TEXT NOT NULL, -- from when on it has been looked out for
    named TEXT NOT NULL, -- when a rule last named it
    seen  TEXT           -- when somebody last was in it
);
