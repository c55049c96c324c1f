-- A job that is no longer ready is not offered to the projects that share it.
CREATE OR REPLACE FUNCTION "end_sharing"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "shared_jobs" WHERE "job_key" = NEW."key";
    NEW."shared" := false;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "jobs_end_sharing" BEFORE UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."shared" AND OLD."state" = 'ready' AND NEW."state" <> 'ready')
    EXECUTE FUNCTION "end_sharing"();
