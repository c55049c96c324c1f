-- Who runs what next (docs/state-machine.md, "From ready to a worker").

-- AlterTable
ALTER TABLE "projects" ADD COLUMN     "max_running" INTEGER,
ADD COLUMN     "max_starts_per_minute" INTEGER,
ADD COLUMN     "share" DOUBLE PRECISION NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "experiments" ADD COLUMN     "number" BIGSERIAL NOT NULL;

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "estimated_memory_bytes" DOUBLE PRECISION,
ADD COLUMN     "locality" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "priority" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "project_id" TEXT,
ADD COLUMN     "ready_at" TIMESTAMPTZ(3),
ADD COLUMN     "turn" BIGINT,
ADD COLUMN     "wanted_by" BIGINT,
ADD COLUMN     "worker" TEXT,
ADD COLUMN     "yield_requested" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "attempts" ADD COLUMN     "log_tail" TEXT;

-- CreateTable
CREATE TABLE "kind_limits" (
    "kind" TEXT NOT NULL,
    "max_running" INTEGER NOT NULL,

    CONSTRAINT "kind_limits_pkey" PRIMARY KEY ("kind")
);

-- CreateTable
CREATE TABLE "workers" (
    "name" TEXT NOT NULL,
    "instance" UUID NOT NULL,
    "release" TEXT NOT NULL,
    "device" TEXT NOT NULL,
    "resources" "resource_class"[],
    "memory_bytes" DOUBLE PRECISION NOT NULL,
    "kinds" JSONB NOT NULL,
    "holds" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workers_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "experiments_number_key" ON "experiments"("number");

-- CreateIndex
CREATE INDEX "jobs_project_id_resource_turn_idx" ON "jobs"("project_id", "resource", "turn");

-- CreateIndex
CREATE INDEX "jobs_wanted_by_resource_turn_idx" ON "jobs"("wanted_by", "resource", "turn");

-- Written by hand from here on.

-- Jobs in the order in which they have their turn.
CREATE INDEX "jobs_waiting" ON "jobs" ("resource", "project_id", (-"priority"), "wanted_by", "depth", "created_at", "key")
    WHERE "state" = 'ready' AND "wanted_by" IS NOT NULL;

CREATE INDEX "jobs_running" ON "jobs" ("project_id", "resource", "wanted_by", "kind", "worker") WHERE "state" = 'running';

CREATE INDEX "attempts_started_at" ON "attempts" ("started_at");

-- Each claim is a turn: who had one longest ago is next among equals.
CREATE SEQUENCE "job_turns";

-- Imports are downloads from somebody else's server.
INSERT INTO "kind_limits" ("kind", "max_running") VALUES ('dataset.import', 2);

-- Jobs that wait or run already: for whom. The most urgent experiment that wants a job speaks for it.
UPDATE "jobs" SET "wanted_by" = best."number", "project_id" = best."project_id", "priority" = best."priority",
    "ready_at" = now()
FROM (
    SELECT DISTINCT ON (w."job_key") w."job_key", e."number", e."project_id", e."priority"
    FROM "experiment_jobs" w JOIN "experiments" e ON e."id" = w."experiment_id"
    WHERE e."state" <> 'cancelled'
    ORDER BY w."job_key", e."priority" DESC, e."number"
) best
WHERE best."job_key" = "jobs"."key" AND "jobs"."state" IN ('ready', 'running');

-- How many jobs of a project are running; null counts all resource classes.
CREATE FUNCTION "running_of"(project TEXT, class "resource_class") RETURNS BIGINT LANGUAGE sql AS $$
    SELECT count(*) FROM "jobs"
    WHERE "state" = 'running' AND "project_id" = project AND (class IS NULL OR "resource" = class)
$$;

-- Whether one more may begin. Locks what is limited until the end of the transaction and counts after that (each
-- statement of a volatile function sees what was committed before it), so that no limit is ever passed; what has no
-- limit takes no lock. One lock for all: two could be taken in two orders.
CREATE FUNCTION "within_limits"(project "projects", job_kind TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    kind_limit INTEGER := (SELECT "max_running" FROM "kind_limits" WHERE "kind" = job_kind);
BEGIN
    IF kind_limit IS NULL AND project."max_running" IS NULL AND project."max_starts_per_minute" IS NULL THEN
        RETURN true;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('toogit limits'));
    IF kind_limit <= (SELECT count(*) FROM "jobs" WHERE "state" = 'running' AND "kind" = job_kind) THEN
        RETURN false;
    END IF;
    IF project."max_running" <= "running_of"(project."id", NULL) THEN
        RETURN false;
    END IF;
    RETURN project."max_starts_per_minute" IS NULL OR project."max_starts_per_minute" > (
        SELECT count(*) FROM "attempts" a JOIN "jobs" j ON j."key" = a."job_key"
        WHERE a."started_at" > now() - interval '1 minute' AND j."project_id" = project."id");
END $$;

-- The next so many experiments of a project that have jobs waiting, by urgency (the negated priority), then age. A skip
-- scan: as many steps as experiments, however many jobs they have.
CREATE FUNCTION "waiting_experiments"(project TEXT, class "resource_class", after_urgency INTEGER, after_number BIGINT, how_many INTEGER)
RETURNS TABLE (urgency INTEGER, number BIGINT) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    FOR n IN 1 .. how_many LOOP
        SELECT -j."priority", j."wanted_by" INTO after_urgency, after_number FROM "jobs" j
        WHERE j."state" = 'ready' AND j."wanted_by" IS NOT NULL AND j."resource" = class AND j."project_id" = project
            AND (-j."priority", j."wanted_by") > (after_urgency, after_number)
        ORDER BY -j."priority", j."wanted_by" LIMIT 1;
        EXIT WHEN NOT FOUND;
        RETURN QUERY SELECT after_urgency, after_number;
    END LOOP;
END $$;

-- Jobs of an experiment that a worker may take, locked; first those whose inputs it holds, if they are near the front.
-- Rows that another worker is taking are skipped, never waited for. What another, idle worker holds is left to it for
-- two seconds.
CREATE FUNCTION "waiting_jobs"(me "workers", project TEXT, class "resource_class", urgency INTEGER, experiment BIGINT,
    full_kinds TEXT[], held_by_idle TEXT[], how_many INTEGER)
RETURNS TABLE ("job_key" TEXT, "job_kind" TEXT)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
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

-- Up to so many jobs for a worker: project by project, experiment by experiment, each in the order of who is next.
-- Nothing for a worker whose name belongs to another instance by now.
CREATE FUNCTION "claim_jobs"(worker_name TEXT, worker_instance UUID, class "resource_class", how_many INTEGER)
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
    claimed "jobs";
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
        SELECT p."id", count(*) OVER () - row_number() OVER (ORDER BY load, turn NULLS FIRST, p."id") + 1 AS remaining
        FROM "projects" p,
            LATERAL (SELECT "running_of"(p."id", class) / p."share" AS load) running,
            LATERAL (SELECT max(j."turn") AS turn FROM "jobs" j WHERE j."project_id" = p."id" AND j."resource" = class) last
        WHERE EXISTS (
            SELECT FROM "jobs" j WHERE j."state" = 'ready' AND j."wanted_by" IS NOT NULL AND j."resource" = class
                AND j."project_id" = p."id")
        ORDER BY load, turn NULLS FIRST, p."id"
    LOOP
        SELECT * INTO project FROM "projects" WHERE "id" = fair."id";
        CONTINUE WHEN NOT "within_limits"(project, NULL);
        project_todo := ceil(todo::FLOAT / fair.remaining);
        SELECT NULL::INTEGER AS urgency, NULL::BIGINT AS number INTO page;
        page.urgency := -2147483648;
        page.number := 0;
        -- Experiments: by priority; of one priority, among the oldest 64, the one with the fewest running, then whose
        -- last turn was longest ago. Younger ones follow when none of these has a job for this worker.
        <<pages>>
        WHILE project_todo > 0 LOOP
            FOR experiment IN
                SELECT w.urgency, w.number, count(*) OVER () AS found,
                    count(*) OVER (PARTITION BY w.urgency)
                        - row_number() OVER (PARTITION BY w.urgency ORDER BY load, turn NULLS FIRST, w.number) + 1 AS remaining,
                    last_value(w.number) OVER everything AS last_number, last_value(w.urgency) OVER everything AS last_urgency
                FROM "waiting_experiments"(project."id", class, page.urgency, page.number, page_size) w,
                    LATERAL (SELECT count(*) AS load FROM "jobs" j
                        WHERE j."state" = 'running' AND j."project_id" = project."id" AND j."resource" = class
                            AND j."wanted_by" = w.number) running,
                    LATERAL (SELECT max(j."turn") AS turn FROM "jobs" j
                        WHERE j."wanted_by" = w.number AND j."resource" = class) last
                WINDOW everything AS (ORDER BY w.urgency, w.number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
                ORDER BY w.urgency, load, turn NULLS FIRST, w.number
            LOOP
                page.urgency := experiment.last_urgency;
                page.number := experiment.last_number;
                FOR candidate IN
                    SELECT * FROM "waiting_jobs"(me, project."id", class, experiment.urgency, experiment.number,
                        full_kinds, held_by_idle, ceil(project_todo::FLOAT / experiment.remaining)::INTEGER)
                LOOP
                    IF NOT "within_limits"(project, candidate."job_kind") THEN
                        full_kinds := full_kinds || candidate."job_kind";
                        CONTINUE;
                    END IF;
                    UPDATE "jobs" SET "state" = 'running', "attempt" = "attempt" + 1, "started_at" = now(),
                        "heartbeat_at" = now(), "progress" = NULL, "not_before" = NULL, "cancel_requested" = false,
                        "yield_requested" = false, "worker" = me."name", "turn" = nextval('job_turns')
                    WHERE "key" = candidate."job_key" AND "state" = 'ready'
                    RETURNING * INTO claimed;
                    CONTINUE WHEN NOT FOUND;
                    INSERT INTO "attempts" ("job_key", "number", "worker_id", "started_at")
                    VALUES (claimed."key", claimed."attempt", me."name", now());
                    RETURN NEXT claimed;
                    todo := todo - 1;
                    project_todo := project_todo - 1;
                END LOOP;
                EXIT WHEN project_todo <= 0;
            END LOOP;
            EXIT pages WHEN NOT FOUND OR experiment.found < page_size;
        END LOOP;
        EXIT WHEN todo <= 0;
    END LOOP;
END $$;
