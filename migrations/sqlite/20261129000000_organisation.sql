-- What each connected system says of the organisation: who works here, in which department, under whom. One row a source of the
-- directory. `content` is the newest reading that was taken, `held` one that was not because too many were gone in it.
-- `tried_at`: when it was read last, `read_at`: when that last succeeded, `due_at`: when it is read next.
CREATE TABLE organisation (
    tenant_id INTEGER NOT NULL,
    source    TEXT NOT NULL,
    tried_at  INTEGER NOT NULL,
    read_at   INTEGER,
    due_at    INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    content   TEXT NOT NULL,
    held      TEXT,
    problem   TEXT,
    PRIMARY KEY (tenant_id, source)
);
