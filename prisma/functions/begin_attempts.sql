-- Begins a new attempt of each of these jobs that is still ready.
CREATE OR REPLACE FUNCTION "begin_attempts"(keys TEXT[], worker_name TEXT) RETURNS SETOF "jobs"
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    WITH begun AS (
        UPDATE "jobs" SET "state" = 'running', "attempt" = "attempt" + 1, "started_at" = now(), "heartbeat_at" = now(),
            "progress" = NULL, "not_before" = NULL, "cancel_requested" = false, "yield_requested" = false,
            "worker" = worker_name, "turn" = nextval('job_turns')
        WHERE "key" = ANY (keys) AND "state" = 'ready'
        RETURNING "jobs".*
    ), noted AS (
        INSERT INTO "attempts" ("job_key", "number", "worker_id", "started_at")
        SELECT "key", "attempt", worker_name, now() FROM begun
    )
    SELECT * FROM begun;
END $$;
