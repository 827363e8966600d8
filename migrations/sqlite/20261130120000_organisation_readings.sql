-- What the newest readings of a source brought: who came, who went, what was held back, what failed. JSON, the newest first.
ALTER TABLE organisation ADD COLUMN readings TEXT NOT NULL DEFAULT '[]';
