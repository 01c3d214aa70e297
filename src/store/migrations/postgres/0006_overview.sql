-- Sign-ins are told apart by provider; for everything else it is empty.
CREATE TABLE rollups_by_provider (
    hour     TEXT COLLATE "C" NOT NULL, -- such as 2026-11-21T06
    event    TEXT COLLATE "C" NOT NULL,
    outcome  TEXT COLLATE "C" NOT NULL,
    reason   TEXT COLLATE "C" NOT NULL,
    app      TEXT COLLATE "C" NOT NULL,
    provider TEXT COLLATE "C" NOT NULL,
    count    BIGINT NOT NULL,
    PRIMARY KEY (hour, event, outcome, reason, app, provider)
);
INSERT INTO rollups_by_provider SELECT hour, event, outcome, reason, app, '', count FROM rollups;
DROP TABLE rollups;
ALTER TABLE rollups_by_provider RENAME TO rollups;

-- In what form each claim came that the configuration reads, counted an hour; never what it said.
CREATE TABLE claim_hours (
    hour     TEXT COLLATE "C" NOT NULL,
    provider TEXT COLLATE "C" NOT NULL,
    claim    TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    count    BIGINT NOT NULL,
    PRIMARY KEY (hour, provider, claim, kind)
);

-- The groups that rules name, by days such as 2026-11-21.
CREATE TABLE groups_seen (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    since TEXT COLLATE "C" NOT NULL, -- from when on it has been looked out for
    named TEXT COLLATE "C" NOT NULL, -- when a rule last named it
    seen  TEXT COLLATE "C" -- when somebody last was in it
);
