ALTER TABLE workers ADD COLUMN storage_error TEXT;
