-- The sessions of Vonage Video's rooms, made on demand.
CREATE TABLE rooms (
    application_id TEXT   NOT NULL,
    room           TEXT   NOT NULL,
    session_id     TEXT   NOT NULL,
    created_at     BIGINT NOT NULL, -- Unix microseconds
    PRIMARY KEY (application_id, room)
);
