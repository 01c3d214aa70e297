-- By which an admin finds a person: the address in lower case. Sessions from before have none, and soon end.
ALTER TABLE sessions ADD COLUMN email TEXT;
CREATE INDEX sessions_of_email ON sessions (email);
CREATE INDEX sessions_of_sub ON sessions (sub);
