-- Secrets that the hub keeps: each in an envelope, wrapped by a master key that is not here. One row a name, always the
-- newest value; `version` grows with each.
CREATE TABLE secret (
    tenant_id  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    master     TEXT NOT NULL,
    wrapped    TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    set_at     INTEGER NOT NULL,
    set_by     TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (tenant_id, name)
);

-- Changes that wait for a second person. `digest` tells the request that was proposed from every other; `shown` is what the
-- second person sees of it, without secrets.
CREATE TABLE proposal (
    id              BLOB PRIMARY KEY,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    settled_at      INTEGER,
    tenant_id       INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    action          TEXT NOT NULL,
    object          TEXT NOT NULL,
    digest          TEXT NOT NULL,
    shown           TEXT NOT NULL,
    proposed_by     TEXT NOT NULL,
    proposer_id     BLOB,
    proposer_person TEXT,
    state           TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'declined', 'withdrawn', 'used')),
    settled_by      TEXT,
    note            TEXT
);
CREATE INDEX proposal_newest ON proposal (tenant_id, created_at, id);
CREATE UNIQUE INDEX proposal_waiting ON proposal (tenant_id, digest, proposed_by) WHERE state IN ('open', 'confirmed');
