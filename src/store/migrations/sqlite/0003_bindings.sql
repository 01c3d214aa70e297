-- Whose e-mail address is whose, by app: the first launch says (C-17).
CREATE TABLE bindings (
    app        TEXT   NOT NULL,
    issuer     TEXT   NOT NULL,
    sub        TEXT   NOT NULL,
    email      TEXT   NOT NULL, -- in lower case
    created_at BIGINT NOT NULL, -- Unix microseconds
    PRIMARY KEY (app, issuer, sub),
    UNIQUE (app, email)
);
