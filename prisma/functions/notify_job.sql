-- Subscribers are notified of every change of a job's state or progress, on the channel `toogit`, as `job:<key>`.
-- Postgres delivers notifications with the commit, never before it.
CREATE OR REPLACE FUNCTION "notify_job"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('toogit', 'job:' || NEW."key");
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "jobs_notify" AFTER UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state" OR OLD."progress" IS DISTINCT FROM NEW."progress")
    EXECUTE FUNCTION "notify_job"();
