-- Up to so many jobs for a worker: project by project, experiment by experiment, each in scheduling order
-- (docs/state-machine.md). None for a worker whose name belongs to another instance by now. When a project is next, it
-- may also take over jobs that it shares with their owner, up to as many as it may begin in this call.
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
    taken TEXT[] := '{}';
    begun INTEGER;
    page RECORD;
    todo INTEGER := how_many;
    project_todo INTEGER;
    any_shared BOOLEAN := EXISTS (SELECT FROM "shared_jobs" s WHERE s."resource" = class);
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

    -- Projects: fewest running for their share, then whose last claim was longest ago.
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
            OR any_shared AND EXISTS (
                SELECT FROM "shared_jobs" s WHERE s."project_id" = p."id" AND s."resource" = class)
        WINDOW in_order AS (ORDER BY load, turn NULLS FIRST, p."id")
        ORDER BY load, turn NULLS FIRST, p."id"
    LOOP
        SELECT * INTO project FROM "projects" WHERE "id" = fair."id";
        CONTINUE WHEN NOT "within_limits"(project, NULL);
        project_todo := least(todo, greatest(ceil(todo::FLOAT / fair.remaining), fair.behind));
        IF any_shared THEN
            PERFORM "take_over_jobs"(me, project."id", class, full_kinds, project_todo);
        END IF;
        SELECT NULL::INTEGER AS urgency, NULL::BIGINT AS number INTO page;
        page.urgency := -2147483648;
        page.number := 0;
        -- Experiments: by priority; of one priority, among the oldest 64, the one with the fewest running, then whose
        -- last claim was longest ago. Younger ones follow when none of these has a job for this worker.
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
                chosen := array(
                    SELECT "job_key" FROM "waiting_jobs"(me, project."id", class, experiment.urgency, experiment.number,
                        full_kinds, held_by_idle,
                        least(project_todo, greatest(ceil(project_todo::FLOAT / experiment.remaining), experiment.behind))::INTEGER));
                -- What no limit concerns is begun in the end, in one statement for all experiments: its rows are locked.
                -- The rest one by one, each counted before the next.
                free := '{}';
                IF project."max_running" IS NULL AND project."max_starts_per_minute" IS NULL THEN
                    free := array(
                        SELECT j."key" FROM "jobs" j
                        WHERE j."key" = ANY (chosen) AND NOT EXISTS (
                            SELECT FROM "kind_limits" l WHERE l."kind" = j."kind"));
                    taken := taken || free;
                    todo := todo - cardinality(free);
                    project_todo := project_todo - cardinality(free);
                END IF;
                FOR candidate IN
                    SELECT j."key", j."kind" FROM unnest(chosen) WITH ORDINALITY AS c("key", place)
                        JOIN "jobs" j ON j."key" = c."key" AND j."key" <> ALL (free)
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
    IF taken <> '{}' THEN
        RETURN QUERY SELECT * FROM "begin_attempts"(taken, me."name");
    END IF;
END $$;
