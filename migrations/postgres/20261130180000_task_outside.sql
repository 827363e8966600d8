-- Where something is decided that another system asks, of rows of the kind `outside`: connection, its id there, its address. JSON.
ALTER TABLE task ADD COLUMN outside text;
