-- Jobs of an experiment that a worker may claim, locked; first those whose inputs it holds, if they are among the first
-- 64. Rows that another worker is claiming are skipped, never waited for. Jobs whose inputs another, idle worker holds
-- are left to it for two seconds. Planner settings as in `waiting_experiments`.
CREATE OR REPLACE FUNCTION "waiting_jobs"(me "workers", project TEXT, class "resource_class", urgency INTEGER,
    experiment BIGINT, full_kinds TEXT[], held_by_idle TEXT[], how_many INTEGER)
RETURNS TABLE ("job_key" TEXT, "job_kind" TEXT)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    near TEXT[] := '{}';
BEGIN
    IF me."holds" <> '{}' THEN
        near := array(
            SELECT front."key" FROM (
                SELECT j."key", j."locality", j."kind", j."version" FROM "jobs" j
                WHERE j."state" = 'ready' AND j."wanted_by" = experiment AND j."resource" = class
                    AND j."project_id" = project AND -j."priority" = urgency
                ORDER BY j."depth", j."created_at", j."key" LIMIT 64) front
            WHERE front."locality" && me."holds" AND (me."kinds" ->> front."kind")::INTEGER = front."version");
    END IF;
    RETURN QUERY
        SELECT mine.* FROM (
            SELECT j."key", j."kind" FROM "jobs" j
            WHERE j."key" = ANY (near) AND j."state" = 'ready' AND j."wanted_by" = experiment
                AND (j."not_before" IS NULL OR j."not_before" < now() + interval '1 second')
                AND (j."estimated_memory_bytes" IS NULL OR j."estimated_memory_bytes" <= me."memory_bytes")
                AND j."kind" <> ALL (full_kinds)
            LIMIT how_many FOR NO KEY UPDATE SKIP LOCKED) mine
        UNION ALL
        SELECT others.* FROM (
            SELECT j."key", j."kind" FROM "jobs" j
            WHERE j."state" = 'ready' AND j."wanted_by" = experiment AND j."resource" = class
                AND j."project_id" = project AND -j."priority" = urgency AND j."key" <> ALL (near)
                AND (j."not_before" IS NULL OR j."not_before" < now() + interval '1 second')
                AND (me."kinds" ->> j."kind")::INTEGER = j."version"
                AND (j."estimated_memory_bytes" IS NULL OR j."estimated_memory_bytes" <= me."memory_bytes")
                AND j."kind" <> ALL (full_kinds)
                AND (NOT j."locality" && held_by_idle OR j."locality" && me."holds" OR j."ready_at" < now() - interval '2 seconds')
            ORDER BY j."depth", j."created_at", j."key"
            LIMIT how_many FOR NO KEY UPDATE SKIP LOCKED) others
        LIMIT how_many;
END $$;
