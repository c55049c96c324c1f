-- A job that several projects need belongs to one of them at a time, and each of them may begin it: it waits only if none
-- of them may (docs/state-machine.md, Shared jobs).

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "shared" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "shared_jobs" (
    "job_key" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "resource" "resource_class" NOT NULL,
    "priority" INTEGER NOT NULL,
    "wanted_by" BIGINT NOT NULL,

    CONSTRAINT "shared_jobs_pkey" PRIMARY KEY ("job_key","project_id")
);

-- AddForeignKey
ALTER TABLE "shared_jobs" ADD CONSTRAINT "shared_jobs_job_key_fkey" FOREIGN KEY ("job_key") REFERENCES "jobs"("key") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on.

-- In the order in which a project begins them.
CREATE INDEX "shared_jobs_waiting" ON "shared_jobs" ("resource", "project_id", (-"priority"), "wanted_by", "job_key");

-- The projects that need each of these jobs, by their most urgent experiment that isn't paused; the first owns the job.
CREATE FUNCTION "projects_of"(keys TEXT[])
RETURNS TABLE ("job_key" TEXT, "project_id" TEXT, "priority" INTEGER, "number" BIGINT, "place" BIGINT)
LANGUAGE sql STABLE AS $$
    SELECT best.*, row_number() OVER (PARTITION BY best."job_key" ORDER BY best."priority" DESC, best."number")
    FROM (
        SELECT DISTINCT ON (w."job_key", e."project_id") w."job_key", e."project_id", e."priority", e."number"
        FROM "experiment_jobs" w JOIN "experiments" e ON e."id" = w."experiment_id"
        WHERE w."job_key" = ANY (keys) AND e."state" <> 'cancelled' AND e."paused_at" IS NULL
        ORDER BY w."job_key", e."project_id", e."priority" DESC, e."number") best
$$;

-- Notes which other projects than its owner need each of these jobs, whose rows are locked, while it is ready.
CREATE FUNCTION "share_jobs"(keys TEXT[]) RETURNS VOID LANGUAGE sql AS $$
    DELETE FROM "shared_jobs" WHERE "job_key" = ANY (keys);
    INSERT INTO "shared_jobs" ("job_key", "project_id", "resource", "priority", "wanted_by")
    SELECT j."key", other."project_id", j."resource", other."priority", other."number"
    FROM "jobs" j JOIN "projects_of"(keys) other ON other."job_key" = j."key"
    WHERE j."state" = 'ready' AND other."project_id" <> j."project_id";
    UPDATE "jobs" SET "shared" = NOT "shared"
    WHERE "key" = ANY (keys) AND "state" = 'ready'
        AND "shared" <> EXISTS (SELECT FROM "shared_jobs" s WHERE s."job_key" = "jobs"."key")
$$;

CREATE FUNCTION "end_sharing"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "shared_jobs" WHERE "job_key" = NEW."key";
    NEW."shared" := false;
    RETURN NEW;
END $$;

CREATE TRIGGER "jobs_end_sharing" BEFORE UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."shared" AND OLD."state" = 'ready' AND NEW."state" <> 'ready')
    EXECUTE FUNCTION "end_sharing"();

SELECT "share_jobs"(array(SELECT "key" FROM "jobs" WHERE "state" = 'ready'));

-- As before, and the other projects that need what becomes ready are noted.
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

DROP FUNCTION "most_urgent";

-- Makes a project the owner of jobs that it shares with others and that this worker can run, up to so many, the most
-- urgent to it first; the owner before it is one of the others then. Rows that another worker is claiming are skipped.
CREATE FUNCTION "take_over_jobs"(me "workers", project TEXT, class "resource_class", full_kinds TEXT[], how_many INTEGER)
RETURNS VOID LANGUAGE sql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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

-- As before, and a project may also take over jobs that others own and that it needs too: when it is next, up to as many
-- as it may begin in this call.
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
