-- A job without a checkpoint has no checkpoint's blobs.
CREATE OR REPLACE FUNCTION "forget_checkpoint"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "checkpoint_blobs" WHERE "job_key" = NEW."key";
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "jobs_forget_checkpoint" AFTER UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."checkpoint_digest" IS NOT NULL AND NEW."checkpoint_digest" IS NULL)
    EXECUTE FUNCTION "forget_checkpoint"();
