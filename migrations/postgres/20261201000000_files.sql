-- Files that people attach to instances. `content` is base64, so that it is sealed as every other content is. A file that no
-- decision names (`attached_at` is null) goes after a day; the others stay as long as their instance does.
CREATE TABLE file (
    id           uuid PRIMARY KEY,
    instance_id  uuid NOT NULL,
    created_at   bigint NOT NULL,
    attached_at  bigint,
    bytes        bigint NOT NULL,
    tenant_id    integer NOT NULL,
    kind         text NOT NULL,
    uploaded_by  text NOT NULL,
    name         text NOT NULL,
    content_type text NOT NULL,
    sha256       text NOT NULL,
    content      text NOT NULL
);
-- What is compressed already does not get smaller by trying.
ALTER TABLE file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX file_instance ON file (tenant_id, instance_id, created_at, id);
CREATE INDEX file_waiting ON file (created_at) WHERE attached_at IS NULL;

ALTER TABLE file ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON file USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::integer);
