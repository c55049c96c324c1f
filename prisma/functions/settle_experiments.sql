-- Experiments follow their jobs: running while any is open, else failed if any failed. Cancelled ones stay so. Those
-- that contain an open job among `locked` are running and stay so until that job ends, which needs its row: they are
-- left alone, so that jobs of one experiment seldom wait for each other. Jobs that are ready or running show by their
-- partial indexes that their experiment is running; all its jobs are read only when it has none.
CREATE OR REPLACE FUNCTION "settle_experiments"(keys TEXT[], locked TEXT[]) RETURNS VOID
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    ids UUID[];
    mine "experiments";
    next "experiment_state";
BEGIN
    ids := array(
        SELECT e."id" FROM "experiments" e
        WHERE e."state" <> 'cancelled'
            AND e."id" IN (SELECT w."experiment_id" FROM "experiment_jobs" w WHERE w."job_key" = ANY (keys))
            AND e."id" NOT IN (
                SELECT w."experiment_id" FROM "experiment_jobs" w JOIN "jobs" j ON j."key" = w."job_key"
                WHERE j."key" = ANY (locked) AND j."state" IN ('blocked', 'ready', 'running')));
    PERFORM FROM "experiments" e WHERE e."id" = ANY (ids) AND e."state" <> 'cancelled' ORDER BY e."id" FOR NO KEY UPDATE;
    FOR mine IN SELECT * FROM "experiments" e WHERE e."id" = ANY (ids) AND e."state" <> 'cancelled' LOOP
        next := CASE
            WHEN EXISTS (
                SELECT FROM "jobs" j
                WHERE j."state" = 'ready' AND j."wanted_by" = mine."number" AND j."resource" IN ('tensor', 'cpu')
                    AND j."project_id" = mine."project_id" AND -j."priority" = -mine."priority") THEN 'running'
            WHEN EXISTS (
                SELECT FROM "jobs" j
                WHERE j."state" = 'running' AND j."wanted_by" = mine."number" AND j."resource" IN ('tensor', 'cpu')
                    AND j."project_id" = mine."project_id") THEN 'running'
            WHEN EXISTS (
                SELECT FROM "experiment_jobs" w JOIN "jobs" j ON j."key" = w."job_key"
                WHERE w."experiment_id" = mine."id" AND j."state" IN ('blocked', 'ready', 'running')) THEN 'running'
            WHEN EXISTS (
                SELECT FROM "experiment_jobs" w JOIN "jobs" j ON j."key" = w."job_key"
                WHERE w."experiment_id" = mine."id" AND j."state" <> 'succeeded') THEN 'failed'
            ELSE 'succeeded' END;
        IF next <> mine."state" THEN
            UPDATE "experiments" SET "state" = next, "finished_at" = CASE WHEN next <> 'running' THEN now() END
            WHERE "id" = mine."id";
        END IF;
    END LOOP;
END $$;
