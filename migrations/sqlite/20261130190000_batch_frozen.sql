-- When what a batch works on was chosen: what stopped later was not seen by who chose. Null in batches of an earlier release.
ALTER TABLE batch ADD COLUMN frozen_at INTEGER;
