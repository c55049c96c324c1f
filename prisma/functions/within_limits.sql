-- Whether one more may begin. Locks what is limited until the end of the transaction and counts after that (each
-- statement of a volatile function sees what was committed before it), so that no limit is ever passed; what has no
-- limit takes no lock. One lock for all: two could be taken in two orders.
CREATE OR REPLACE FUNCTION "within_limits"(project "projects", job_kind TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    kind_limit INTEGER := (SELECT "max_running" FROM "kind_limits" WHERE "kind" = job_kind);
BEGIN
    IF kind_limit IS NULL AND project."max_running" IS NULL AND project."max_starts_per_minute" IS NULL THEN
        RETURN true;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('toogit limits'));
    IF kind_limit <= (SELECT count(*) FROM "jobs" WHERE "state" = 'running' AND "kind" = job_kind) THEN
        RETURN false;
    END IF;
    IF project."max_running" <= "running_of"(project."id", NULL) THEN
        RETURN false;
    END IF;
    RETURN project."max_starts_per_minute" IS NULL OR project."max_starts_per_minute" > (
        SELECT count(*) FROM "attempts" a JOIN "jobs" j ON j."key" = a."job_key"
        WHERE a."started_at" > now() - interval '1 minute' AND j."project_id" = project."id");
END $$;
