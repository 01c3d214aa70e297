-- An id and a reference say when that was, and so `audit_by_time` leads to both. By references, which are
-- random, every record changed another page.
DROP INDEX audit_by_id;
DROP INDEX audit_by_reference;
