-- Of these jobs, whose rows are locked, the blocked ones become ready if all their inputs have succeeded; they are
-- marked as pushed, since the caller pushes them. Their locality is the data sets and models among their inputs. The
-- other projects that need them are noted.
CREATE OR REPLACE FUNCTION "make_ready"(keys TEXT[])
RETURNS TABLE ("key" TEXT, "kind" TEXT, "resource" "resource_class", "nextAttempt" INTEGER, "delayMs" INTEGER)
LANGUAGE sql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH complete AS MATERIALIZED (
        SELECT j."key", j."resource" FROM "jobs" j
        WHERE j."key" = ANY (keys) AND j."state" = 'blocked' AND NOT EXISTS (
            SELECT FROM "job_edges" edge JOIN "jobs" input ON input."key" = edge."depends_on"
            WHERE edge."job_key" = j."key" AND input."state" <> 'succeeded')
    ), needing AS MATERIALIZED (
        SELECT * FROM "projects_of"(array(SELECT complete."key" FROM complete))
    ), noted AS (
        INSERT INTO "shared_jobs" ("job_key", "project_id", "resource", "priority", "wanted_by")
        SELECT complete."key", other."project_id", complete."resource", other."priority", other."number"
        FROM complete JOIN needing other ON other."job_key" = complete."key" AND other."place" > 1
    )
    UPDATE "jobs" SET "state" = 'ready', "pushed_at" = now(), "ready_at" = now(),
        "locality" = (
            SELECT coalesce(array_agg(DISTINCT input."artifact_digest"), '{}')
            FROM "job_edges" edge JOIN "jobs" input ON input."key" = edge."depends_on"
                JOIN "artifacts" made ON made."digest" = input."artifact_digest"
            WHERE edge."job_key" = "jobs"."key" AND made."type" IN ('dataset', 'model')),
        "wanted_by" = owner."number", "project_id" = owner."project_id", "priority" = coalesce(owner."priority", 0),
        "shared" = EXISTS (SELECT FROM needing other WHERE other."job_key" = complete."key" AND other."place" > 1)
    FROM complete LEFT JOIN needing owner ON owner."job_key" = complete."key" AND owner."place" = 1
    WHERE "jobs"."key" = complete."key"
    RETURNING "jobs"."key", "jobs"."kind", "jobs"."resource", "jobs"."attempt" + 1,
        coalesce(greatest(0, ceil(extract(epoch FROM "jobs"."not_before" - now()) * 1000)), 0)::INTEGER
$$;
