-- Why a person was turned away, as JSON; most records have none.
ALTER TABLE audit ADD COLUMN decision TEXT;

-- The records of a person. An address leads to its subjects first: of every launch there is a sign-in with
-- the same ones, so that a click need not be in both indexes.
CREATE INDEX audit_of_person ON audit (sub, time);
CREATE INDEX audit_of_address ON audit (email, sub) WHERE event <> 'launch';
CREATE INDEX audit_by_jti ON audit (jti) WHERE jti IS NOT NULL;
