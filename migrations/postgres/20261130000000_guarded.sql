-- Secrets that the hub keeps: each in an envelope, wrapped by a master key that is not here. One row a name, always the
-- newest value; `version` grows with each.
CREATE TABLE secret (
    set_at     bigint NOT NULL,
    expires_at bigint,
    tenant_id  integer NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    name       text NOT NULL,
    master     text NOT NULL,
    wrapped    text NOT NULL,
    sealed     text NOT NULL,
    set_by     text NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- Changes that wait for a second person. `digest` tells the request that was proposed from every other; `shown` is what the
-- second person sees of it, without secrets.
CREATE TABLE proposal (
    id              uuid PRIMARY KEY,
    proposer_id     uuid,
    created_at      bigint NOT NULL,
    expires_at      bigint NOT NULL,
    settled_at      bigint,
    tenant_id       integer NOT NULL,
    kind            text NOT NULL,
    action          text NOT NULL,
    object          text NOT NULL,
    digest          text NOT NULL,
    shown           text NOT NULL,
    proposed_by     text NOT NULL,
    proposer_person text,
    state           text NOT NULL CHECK (state IN ('open', 'confirmed', 'declined', 'withdrawn', 'used')),
    settled_by      text,
    note            text
);
CREATE INDEX proposal_newest ON proposal (tenant_id, created_at, id);
CREATE UNIQUE INDEX proposal_waiting ON proposal (tenant_id, digest, proposed_by) WHERE state IN ('open', 'confirmed');

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['secret', 'proposal']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY one_tenant ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::integer)', name);
    END LOOP;
END $$;
