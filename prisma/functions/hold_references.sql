-- Keeps garbage collection and the recording of results apart (docs/artifacts.md). 0x626c6f62 is `blob` in ASCII. Whatever
-- adds a reference to a job or a blob holds the lock shared until it commits; garbage collection decides under the
-- exclusive one. Statement triggers fire before any row is read, and for INSERT ... ON CONFLICT DO NOTHING too.
CREATE OR REPLACE FUNCTION "hold_references"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1651273570);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "experiments_hold_references" BEFORE INSERT ON "experiments" FOR EACH STATEMENT
    EXECUTE FUNCTION "hold_references"();

CREATE OR REPLACE TRIGGER "artifacts_hold_references" BEFORE INSERT ON "artifacts" FOR EACH STATEMENT
    EXECUTE FUNCTION "hold_references"();

CREATE OR REPLACE TRIGGER "checkpoint_blobs_hold_references" BEFORE INSERT ON "checkpoint_blobs" FOR EACH STATEMENT
    EXECUTE FUNCTION "hold_references"();
