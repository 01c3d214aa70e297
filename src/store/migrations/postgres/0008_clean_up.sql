-- Who has not clicked for long is found without a look at everybody.
CREATE INDEX sessions_by_use ON sessions (last_seen);
