-- Since when a job has been in its state, whichever statement changes it.
CREATE OR REPLACE FUNCTION "note_state_since"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."state_since" := now();
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "jobs_state_since" BEFORE UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state")
    EXECUTE FUNCTION "note_state_since"();
