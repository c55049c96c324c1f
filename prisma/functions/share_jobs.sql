-- Notes which other projects than its owner need each of these jobs, whose rows are locked, while it is ready.
CREATE OR REPLACE FUNCTION "share_jobs"(keys TEXT[]) RETURNS VOID LANGUAGE sql AS $$
    DELETE FROM "shared_jobs" WHERE "job_key" = ANY (keys);
    INSERT INTO "shared_jobs" ("job_key", "project_id", "resource", "priority", "wanted_by")
    SELECT j."key", other."project_id", j."resource", other."priority", other."number"
    FROM "jobs" j JOIN "projects_of"(keys) other ON other."job_key" = j."key"
    WHERE j."state" = 'ready' AND other."project_id" <> j."project_id";
    UPDATE "jobs" SET "shared" = NOT "shared"
    WHERE "key" = ANY (keys) AND "state" = 'ready'
        AND "shared" <> EXISTS (SELECT FROM "shared_jobs" s WHERE s."job_key" = "jobs"."key")
$$;
