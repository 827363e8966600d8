-- Files that people attach to instances. `content` is base64, so that it is sealed as every other content is. A file that no
-- decision names (`attached_at` is null) goes after a day; the others stay as long as their instance does. The content comes
-- last: whoever reads the rest does not walk through its pages.
CREATE TABLE file (
    id           BLOB PRIMARY KEY,
    instance_id  BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    attached_at  INTEGER,
    bytes        INTEGER NOT NULL,
    tenant_id    INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    uploaded_by  TEXT NOT NULL,
    name         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    content      TEXT NOT NULL
);
CREATE INDEX file_instance ON file (tenant_id, instance_id, created_at, id);
CREATE INDEX file_waiting ON file (created_at) WHERE attached_at IS NULL;
