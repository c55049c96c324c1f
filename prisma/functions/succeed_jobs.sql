-- Records results of jobs of one depth, all or none (SQLSTATE TG002 if an attempt is over): artifact, parts, metrics,
-- states, attempts, and what becomes ready by it. Artifacts come first, as they are referred to; rows of a digest never
-- change, so whoever comes second has nothing to add. The statement that takes the jobs' rows is the fence. Jobs of one
-- depth don't depend on each other and their dependants are deeper, so locking them and then their dependants keeps the
-- order of all locks. A success repeated word for word is answered again: its answer may have been lost.
CREATE OR REPLACE FUNCTION "succeed_jobs"(successes JSONB)
RETURNS TABLE ("key" TEXT, "kind" TEXT, "resource" "resource_class", "nextAttempt" INTEGER, "delayMs" INTEGER)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    keys TEXT[];
    dependants TEXT[];
BEGIN
    INSERT INTO "artifacts" ("digest", "type", "bytes")
    SELECT made."digest", made."type", made."bytes"
    FROM jsonb_to_recordset(successes) AS made("digest" TEXT, "type" TEXT, "bytes" BIGINT)
    ORDER BY made."digest"
    ON CONFLICT DO NOTHING;

    INSERT INTO "artifact_parts" ("artifact_digest", "position", "name", "sha256", "bytes", "media_type")
    SELECT made."digest", list."position", part->>'name', part->>'sha256', (part->>'bytes')::BIGINT, part->>'mediaType'
    FROM jsonb_to_recordset(successes) AS made("digest" TEXT, "parts" JSONB),
        jsonb_array_elements(made."parts") WITH ORDINALITY AS list(part, "position")
    ORDER BY made."digest", list."position"
    ON CONFLICT DO NOTHING;

    WITH held AS MATERIALIZED (
        SELECT success.* FROM jsonb_to_recordset(successes) AS success("key" TEXT, "attempt" INTEGER, "digest" TEXT,
            "result" JSONB, "metrics" JSONB, "rss" BIGINT, "provenance" JSONB)
            JOIN "jobs" ON "jobs"."key" = success."key" AND "jobs"."attempt" = success."attempt"
        WHERE "jobs"."state" = 'running'
        ORDER BY "jobs"."key" FOR NO KEY UPDATE OF "jobs"
    ), recorded AS (
        UPDATE "jobs" SET "state" = 'succeeded', "artifact_digest" = held."digest", "result" = held."result",
            "error" = NULL, "cancel_requested" = false, "heartbeat_at" = NULL, "finished_at" = now(),
            "checkpoint_step" = NULL, "checkpoint_digest" = NULL
        FROM held
        WHERE "jobs"."key" = held."key" AND "jobs"."attempt" = held."attempt" AND "jobs"."state" = 'running'
        RETURNING "jobs"."key", held."attempt", held."metrics", held."rss", held."provenance"
    ), closed AS (
        UPDATE "attempts" SET "outcome" = 'succeeded', "ended_at" = now(), "peak_rss_bytes" = recorded."rss",
            "provenance" = recorded."provenance"
        FROM recorded
        WHERE "attempts"."job_key" = recorded."key" AND "attempts"."number" = recorded."attempt"
    ), forgotten AS (
        DELETE FROM "metrics" USING recorded
        WHERE "metrics"."job_key" = recorded."key"
            AND "metrics"."position" > jsonb_array_length(recorded."metrics")
    ), noted AS (
        INSERT INTO "metrics" ("job_key", "position", "name", "value", "unit", "step", "n", "ci95", "context")
        SELECT recorded."key", m."position", m."name", m."value", m."unit", m."step", m."n", nullif(m."ci95", 'null'),
            m."context"
        FROM recorded, ROWS FROM (jsonb_to_recordset(recorded."metrics") AS ("name" TEXT, "value" FLOAT8, "unit" TEXT,
            "step" INTEGER, "n" INTEGER, "ci95" JSONB, "context" JSONB)) WITH ORDINALITY
            AS m("name", "value", "unit", "step", "n", "ci95", "context", "position")
        ON CONFLICT ("job_key", "position") DO UPDATE SET "name" = excluded."name", "value" = excluded."value",
            "unit" = excluded."unit", "step" = excluded."step", "n" = excluded."n", "ci95" = excluded."ci95",
            "context" = excluded."context"
    )
    SELECT array_agg(recorded."key") INTO keys FROM recorded;

    IF cardinality(keys) IS DISTINCT FROM jsonb_array_length(successes) THEN
        IF jsonb_array_length(successes) = 1 AND EXISTS (
            SELECT FROM "jobs" j
            WHERE j."key" = successes->0->>'key' AND j."attempt" = (successes->0->>'attempt')::INTEGER
                AND j."state" = 'succeeded' AND j."artifact_digest" = successes->0->>'digest')
        THEN RETURN; END IF;
        RAISE EXCEPTION 'an attempt is over' USING ERRCODE = 'TG002';
    END IF;

    SELECT array_agg(locked."key") INTO dependants FROM (
        SELECT j."key" FROM "jobs" j
        WHERE j."key" IN (SELECT e."job_key" FROM "job_edges" e WHERE e."depends_on" = ANY (keys))
        ORDER BY j."depth", j."key" FOR NO KEY UPDATE) locked;
    IF dependants IS NOT NULL THEN
        RETURN QUERY SELECT * FROM "make_ready"(dependants);
    END IF;
    PERFORM "settle_experiments"(keys, coalesce(dependants, '{}'));
END $$;
