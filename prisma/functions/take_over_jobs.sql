-- Makes a project the owner of jobs that it shares with others and that this worker can run, up to so many, the most
-- urgent to it first; the owner before it is one of the others then. Rows that another worker is claiming are skipped.
CREATE OR REPLACE FUNCTION "take_over_jobs"(me "workers", project TEXT, class "resource_class", full_kinds TEXT[],
    how_many INTEGER)
RETURNS VOID LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH next AS MATERIALIZED (
        SELECT j."key", j."project_id", j."priority", j."wanted_by", s."priority" AS new_priority, s."wanted_by" AS new_wanted_by
        FROM "shared_jobs" s JOIN "jobs" j ON j."key" = s."job_key"
        WHERE s."resource" = class AND s."project_id" = project AND j."state" = 'ready'
            AND (j."not_before" IS NULL OR j."not_before" < now() + interval '1 second')
            AND (me."kinds" ->> j."kind")::INTEGER = j."version"
            AND (j."estimated_memory_bytes" IS NULL OR j."estimated_memory_bytes" <= me."memory_bytes")
            AND j."kind" <> ALL (full_kinds)
        ORDER BY -s."priority", s."wanted_by", s."job_key"
        LIMIT how_many FOR NO KEY UPDATE OF j SKIP LOCKED
    ), swapped AS (
        UPDATE "shared_jobs" s SET "project_id" = next."project_id", "priority" = next."priority", "wanted_by" = next."wanted_by"
        FROM next WHERE s."job_key" = next."key" AND s."project_id" = project
    )
    UPDATE "jobs" SET "project_id" = project, "priority" = next.new_priority, "wanted_by" = next.new_wanted_by
    FROM next WHERE "jobs"."key" = next."key"
$$;
