-- What each connected system says of the organisation: who works here, in which department, under whom. One row a source of the
-- directory. `content` is the newest reading that was taken, `held` one that was not because too many were gone in it.
-- `tried_at`: when it was read last, `read_at`: when that last succeeded, `due_at`: when it is read next.
CREATE TABLE organisation (
    tenant_id integer NOT NULL,
    source    text NOT NULL,
    tried_at  bigint NOT NULL,
    read_at   bigint,
    due_at    bigint NOT NULL,
    hash      text NOT NULL,
    content   text NOT NULL,
    held      text,
    problem   text,
    PRIMARY KEY (tenant_id, source)
);
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON organisation USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::integer);
