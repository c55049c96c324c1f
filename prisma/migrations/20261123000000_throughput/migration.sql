-- Throughput (docs/scale.md): the same rules in fewer statements, on indexes of what is still to be done.

-- Rows of finished jobs are most of the table and need few of its indexes.
DROP INDEX "jobs_state_pushed_at_idx";
DROP INDEX "jobs_project_id_resource_turn_idx";
DROP INDEX "jobs_wanted_by_resource_turn_idx";
DROP INDEX "jobs_artifact_digest_idx";
CREATE INDEX "jobs_open" ON "jobs" ("state", "pushed_at") WHERE "state" IN ('blocked', 'ready', 'running', 'failed');
CREATE INDEX "jobs_project_turn" ON "jobs" ("project_id", "resource", "turn") WHERE "turn" IS NOT NULL;
CREATE INDEX "jobs_experiment_turn" ON "jobs" ("wanted_by", "resource", "turn") WHERE "turn" IS NOT NULL;
CREATE INDEX "jobs_artifact_digest" ON "jobs" ("artifact_digest") WHERE "artifact_digest" IS NOT NULL;

-- Functions keep the plan of their first calls, which come when tables are empty and every plan is as cheap as any
-- other. Walking an index in its order is right at every size.
ALTER FUNCTION "waiting_experiments" SET enable_sort = off;
ALTER FUNCTION "waiting_jobs" SET enable_sort = off;

-- The experiment that speaks for a job: of those that want it and aren't paused, the most urgent, then the oldest.
CREATE FUNCTION "most_urgent"(job TEXT) RETURNS TABLE ("number" BIGINT, "project_id" TEXT, "priority" INTEGER)
LANGUAGE sql STABLE AS $$
    SELECT e."number", e."project_id", e."priority"
    FROM "experiment_jobs" w JOIN "experiments" e ON e."id" = w."experiment_id"
    WHERE w."job_key" = job AND e."state" <> 'cancelled' AND e."paused_at" IS NULL
    ORDER BY e."priority" DESC, e."number" LIMIT 1
$$;

-- Of these jobs, whose rows are locked, the blocked ones become ready if all their inputs have succeeded; they are
-- marked as pushed, since the caller pushes them. Their locality is the data sets and models among their inputs.
CREATE FUNCTION "make_ready"(keys TEXT[])
RETURNS TABLE ("key" TEXT, "kind" TEXT, "resource" "resource_class", "nextAttempt" INTEGER, "delayMs" INTEGER)
LANGUAGE sql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    UPDATE "jobs" SET "state" = 'ready', "pushed_at" = now(), "ready_at" = now(),
        "locality" = (
            SELECT coalesce(array_agg(DISTINCT input."artifact_digest"), '{}')
            FROM "job_edges" edge JOIN "jobs" input ON input."key" = edge."depends_on"
                JOIN "artifacts" made ON made."digest" = input."artifact_digest"
            WHERE edge."job_key" = "jobs"."key" AND made."type" IN ('dataset', 'model')),
        ("wanted_by", "project_id", "priority") = (
            SELECT best."number", best."project_id", coalesce(best."priority", 0)
            FROM (SELECT) one LEFT JOIN LATERAL "most_urgent"("jobs"."key") best ON true)
    WHERE "key" = ANY (keys) AND "state" = 'blocked' AND NOT EXISTS (
        SELECT FROM "job_edges" edge JOIN "jobs" input ON input."key" = edge."depends_on"
        WHERE edge."job_key" = "jobs"."key" AND input."state" <> 'succeeded')
    RETURNING "key", "kind", "resource", "attempt" + 1,
        coalesce(greatest(0, ceil(extract(epoch FROM "not_before" - now()) * 1000)), 0)::INTEGER
$$;

-- Experiments follow their jobs: running while any is open, else failed if any failed. Cancelled ones stay so. Those
-- that hold an open job among `locked` are running and stay so until that job ends, which needs its row: they are left
-- alone, so that jobs of one experiment seldom wait for each other. Jobs that wait or run show at once, by the indexes
-- of what does, that their experiment is running; all its jobs are read only when it has none.
CREATE FUNCTION "settle_experiments"(keys TEXT[], locked TEXT[]) RETURNS VOID
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
                WHERE j."state" = 'ready' AND j."wanted_by" = mine."number" AND j."resource" IN ('gpu', 'cpu')
                    AND j."project_id" = mine."project_id" AND -j."priority" = -mine."priority") THEN 'running'
            WHEN EXISTS (
                SELECT FROM "jobs" j
                WHERE j."state" = 'running' AND j."wanted_by" = mine."number" AND j."resource" IN ('gpu', 'cpu')
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

-- Records results of jobs of one depth, all or none (SQLSTATE TG002 if an attempt is over): artifact, parts, metrics,
-- states, attempts, and what becomes ready by it. Artifacts come first, as they are referred to; rows of a digest never
-- change, so whoever comes second has nothing to add. The statement that takes the jobs' rows is the fence. Jobs of one
-- depth don't depend on each other and their dependants are deeper, so locking them and then their dependants keeps the
-- order of all locks. A success repeated word for word is answered again: its answer may have been lost.
CREATE FUNCTION "succeed_jobs"(successes JSONB)
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

-- A new attempt of each of these jobs that is ready still.
CREATE FUNCTION "begin_attempts"(keys TEXT[], worker_name TEXT) RETURNS SETOF "jobs"
LANGUAGE sql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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
    SELECT * FROM begun
$$;

-- Up to so many jobs for a worker: project by project, experiment by experiment, each in the order of who is next.
-- Nothing for a worker whose name belongs to another instance by now.
CREATE OR REPLACE FUNCTION "claim_jobs"(worker_name TEXT, worker_instance UUID, class "resource_class", how_many INTEGER)
RETURNS SETOF "jobs" LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    page_size CONSTANT INTEGER := 64;
    me "workers";
    held_by_idle TEXT[];
    full_kinds TEXT[];
    fair RECORD;
    project "projects";
    experiment RECORD;
    candidate RECORD;
    chosen TEXT[];
    free TEXT[];
    begun INTEGER;
    page RECORD;
    todo INTEGER := how_many;
    project_todo INTEGER;
BEGIN
    SELECT * INTO me FROM "workers" WHERE "name" = worker_name AND "instance" = worker_instance;
    IF NOT FOUND THEN RETURN; END IF;
    held_by_idle := array(
        SELECT DISTINCT unnest(w."holds") FROM "workers" w
        WHERE w."name" <> me."name" AND w."holds" <> '{}' AND class = ANY (w."resources")
            AND w."heartbeat_at" > now() - interval '10 seconds'
            AND NOT EXISTS (
                SELECT FROM "jobs" j WHERE j."state" = 'running' AND j."resource" = class AND j."worker" = w."name"));
    full_kinds := array(
        SELECT l."kind" FROM "kind_limits" l
        WHERE l."max_running" <= (SELECT count(*) FROM "jobs" j WHERE j."state" = 'running' AND j."kind" = l."kind"));

    -- Projects: fewest running for their share, then whose last turn was longest ago.
    FOR fair IN
        SELECT p."id", count(*) OVER () - row_number() OVER in_order + 1 AS remaining,
            -- So many more until it is level with the next one.
            ceil((lead(load) OVER in_order - load) * p."share") AS behind
        FROM "projects" p,
            LATERAL (SELECT "running_of"(p."id", class) / p."share" AS load) running,
            LATERAL (SELECT max(j."turn") AS turn FROM "jobs" j WHERE j."project_id" = p."id" AND j."resource" = class) last
        WHERE EXISTS (
            SELECT FROM "jobs" j WHERE j."state" = 'ready' AND j."wanted_by" IS NOT NULL AND j."resource" = class
                AND j."project_id" = p."id")
        WINDOW in_order AS (ORDER BY load, turn NULLS FIRST, p."id")
        ORDER BY load, turn NULLS FIRST, p."id"
    LOOP
        SELECT * INTO project FROM "projects" WHERE "id" = fair."id";
        CONTINUE WHEN NOT "within_limits"(project, NULL);
        project_todo := least(todo, greatest(ceil(todo::FLOAT / fair.remaining), fair.behind));
        SELECT NULL::INTEGER AS urgency, NULL::BIGINT AS number INTO page;
        page.urgency := -2147483648;
        page.number := 0;
        -- Experiments: by priority; of one priority, among the oldest 64, the one with the fewest running, then whose
        -- last turn was longest ago. Younger ones follow when none of these has a job for this worker.
        <<pages>>
        WHILE project_todo > 0 LOOP
            FOR experiment IN
                SELECT w.urgency, w.number, count(*) OVER () AS found,
                    count(*) OVER (PARTITION BY w.urgency) - row_number() OVER in_order + 1 AS remaining,
                    lead(load) OVER in_order - load AS behind,
                    last_value(w.number) OVER everything AS last_number, last_value(w.urgency) OVER everything AS last_urgency
                FROM "waiting_experiments"(project."id", class, page.urgency, page.number, page_size) w,
                    LATERAL (SELECT count(*) AS load FROM "jobs" j
                        WHERE j."state" = 'running' AND j."project_id" = project."id" AND j."resource" = class
                            AND j."wanted_by" = w.number) running,
                    LATERAL (SELECT max(j."turn") AS turn FROM "jobs" j
                        WHERE j."wanted_by" = w.number AND j."resource" = class) last
                WINDOW in_order AS (PARTITION BY w.urgency ORDER BY load, turn NULLS FIRST, w.number),
                    everything AS (ORDER BY w.urgency, w.number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
                ORDER BY w.urgency, load, turn NULLS FIRST, w.number
            LOOP
                page.urgency := experiment.last_urgency;
                page.number := experiment.last_number;
                -- What no limit concerns is begun in one statement; the rest one by one, each counted before the next.
                chosen := array(
                    SELECT "job_key" FROM "waiting_jobs"(me, project."id", class, experiment.urgency, experiment.number,
                        full_kinds, held_by_idle,
                        least(project_todo, greatest(ceil(project_todo::FLOAT / experiment.remaining), experiment.behind))::INTEGER));
                IF project."max_running" IS NULL AND project."max_starts_per_minute" IS NULL THEN
                    free := array(
                        SELECT j."key" FROM "jobs" j
                        WHERE j."key" = ANY (chosen) AND NOT EXISTS (
                            SELECT FROM "kind_limits" l WHERE l."kind" = j."kind"));
                    RETURN QUERY SELECT * FROM "begin_attempts"(free, me."name");
                    GET DIAGNOSTICS begun = ROW_COUNT;
                    todo := todo - begun;
                    project_todo := project_todo - begun;
                END IF;
                FOR candidate IN
                    SELECT j."key", j."kind" FROM unnest(chosen) WITH ORDINALITY AS c("key", place)
                        JOIN "jobs" j ON j."key" = c."key" AND j."state" = 'ready'
                    ORDER BY c.place
                LOOP
                    IF NOT "within_limits"(project, candidate."kind") THEN
                        full_kinds := full_kinds || candidate."kind";
                        CONTINUE;
                    END IF;
                    RETURN QUERY SELECT * FROM "begin_attempts"(ARRAY[candidate."key"], me."name");
                    GET DIAGNOSTICS begun = ROW_COUNT;
                    todo := todo - begun;
                    project_todo := project_todo - begun;
                END LOOP;
                EXIT WHEN project_todo <= 0;
            END LOOP;
            EXIT pages WHEN NOT FOUND OR experiment.found < page_size;
        END LOOP;
        EXIT WHEN todo <= 0;
    END LOOP;
END $$;
