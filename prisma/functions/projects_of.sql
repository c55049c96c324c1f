-- The projects that need each of these jobs, by their most urgent experiment that isn't paused; the first owns the job.
CREATE OR REPLACE FUNCTION "projects_of"(keys TEXT[])
RETURNS TABLE ("job_key" TEXT, "project_id" TEXT, "priority" INTEGER, "number" BIGINT, "place" BIGINT)
LANGUAGE sql STABLE AS $$
    SELECT best.*, row_number() OVER (PARTITION BY best."job_key" ORDER BY best."priority" DESC, best."number")
    FROM (
        SELECT DISTINCT ON (w."job_key", e."project_id") w."job_key", e."project_id", e."priority", e."number"
        FROM "experiment_jobs" w JOIN "experiments" e ON e."id" = w."experiment_id"
        WHERE w."job_key" = ANY (keys) AND e."state" <> 'cancelled' AND e."paused_at" IS NULL
        ORDER BY w."job_key", e."project_id", e."priority" DESC, e."number") best
$$;
