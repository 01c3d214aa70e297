-- Whose e-mail address is whose, by app: the first launch says (C-17).
CREATE TABLE bindings (
    app        TEXT COLLATE "C" NOT NULL,
    issuer     TEXT COLLATE "C" NOT NULL,
    sub        TEXT COLLATE "C" NOT NULL,
    email      TEXT COLLATE "C" NOT NULL, -- in lower case
    created_at BIGINT NOT NULL, -- Unix microseconds
    PRIMARY KEY (app, issuer, sub),
    UNIQUE (app, email)
);
