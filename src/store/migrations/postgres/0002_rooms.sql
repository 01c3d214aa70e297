-- The sessions of Vonage Video's rooms, made on demand.
CREATE TABLE rooms (
    application_id TEXT COLLATE "C" NOT NULL,
    room           TEXT COLLATE "C" NOT NULL,
    session_id     TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL, -- Unix microseconds
    PRIMARY KEY (application_id, room)
);
