-- CreateEnum
CREATE TYPE "experiment_state" AS ENUM ('running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "job_state" AS ENUM ('blocked', 'ready', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "resource_class" AS ENUM ('cpu', 'gpu');

-- CreateEnum
CREATE TYPE "attempt_outcome" AS ENUM ('succeeded', 'failed', 'released', 'expired', 'cancelled');

-- CreateTable
CREATE TABLE "experiments" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "study" TEXT,
    "profile" TEXT,
    "spec" JSONB NOT NULL,
    "resolved_spec" JSONB NOT NULL,
    "spec_digest" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "state" "experiment_state" NOT NULL DEFAULT 'running',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "experiments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "experiment_steps" (
    "experiment_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "job_keys" TEXT[],

    CONSTRAINT "experiment_steps_pkey" PRIMARY KEY ("experiment_id","position")
);

-- CreateTable
CREATE TABLE "experiment_jobs" (
    "experiment_id" UUID NOT NULL,
    "job_key" TEXT NOT NULL,
    "step" TEXT,
    "position" INTEGER NOT NULL,

    CONSTRAINT "experiment_jobs_pkey" PRIMARY KEY ("experiment_id","job_key")
);

-- CreateTable
CREATE TABLE "jobs" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "params" JSONB NOT NULL,
    "seed" BIGINT NOT NULL,
    "resource" "resource_class" NOT NULL,
    "depth" INTEGER NOT NULL,
    "estimated_flops" DOUBLE PRECISION NOT NULL,
    "estimated_bytes" DOUBLE PRECISION NOT NULL,
    "max_attempts" INTEGER NOT NULL,
    "state" "job_state" NOT NULL DEFAULT 'blocked',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "progress" JSONB,
    "result" JSONB,
    "error" JSONB,
    "artifact_digest" TEXT,
    "checkpoint_step" INTEGER,
    "checkpoint_digest" TEXT,
    "pushed_at" TIMESTAMPTZ(3),
    "not_before" TIMESTAMPTZ(3),
    "heartbeat_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "job_edges" (
    "job_key" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "depends_on" TEXT NOT NULL,

    CONSTRAINT "job_edges_pkey" PRIMARY KEY ("job_key","role","position")
);

-- CreateTable
CREATE TABLE "attempts" (
    "job_key" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "worker_id" TEXT NOT NULL,
    "outcome" "attempt_outcome",
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "peak_rss_bytes" BIGINT,
    "provenance" JSONB,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("job_key","number")
);

-- CreateTable
CREATE TABLE "artifacts" (
    "digest" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifacts_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "artifact_parts" (
    "artifact_digest" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,

    CONSTRAINT "artifact_parts_pkey" PRIMARY KEY ("artifact_digest","position")
);

-- CreateTable
CREATE TABLE "metrics" (
    "job_key" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "unit" TEXT NOT NULL,
    "step" INTEGER,
    "n" INTEGER,
    "ci95" JSONB,
    "context" JSONB NOT NULL,

    CONSTRAINT "metrics_pkey" PRIMARY KEY ("job_key","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "experiments_idempotency_key_key" ON "experiments"("idempotency_key");

-- CreateIndex
CREATE INDEX "experiments_created_at_id_idx" ON "experiments"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "experiment_jobs_job_key_idx" ON "experiment_jobs"("job_key");

-- CreateIndex
CREATE INDEX "jobs_state_pushed_at_idx" ON "jobs"("state", "pushed_at");

-- CreateIndex
CREATE INDEX "jobs_artifact_digest_idx" ON "jobs"("artifact_digest");

-- CreateIndex
CREATE INDEX "job_edges_depends_on_idx" ON "job_edges"("depends_on");

-- CreateIndex
CREATE INDEX "artifact_parts_sha256_idx" ON "artifact_parts"("sha256");

-- AddForeignKey
ALTER TABLE "experiment_steps" ADD CONSTRAINT "experiment_steps_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment_jobs" ADD CONSTRAINT "experiment_jobs_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment_jobs" ADD CONSTRAINT "experiment_jobs_job_key_fkey" FOREIGN KEY ("job_key") REFERENCES "jobs"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_artifact_digest_fkey" FOREIGN KEY ("artifact_digest") REFERENCES "artifacts"("digest") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_edges" ADD CONSTRAINT "job_edges_job_key_fkey" FOREIGN KEY ("job_key") REFERENCES "jobs"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_edges" ADD CONSTRAINT "job_edges_depends_on_fkey" FOREIGN KEY ("depends_on") REFERENCES "jobs"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_job_key_fkey" FOREIGN KEY ("job_key") REFERENCES "jobs"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifact_parts" ADD CONSTRAINT "artifact_parts_artifact_digest_fkey" FOREIGN KEY ("artifact_digest") REFERENCES "artifacts"("digest") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metrics" ADD CONSTRAINT "metrics_job_key_fkey" FOREIGN KEY ("job_key") REFERENCES "jobs"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written by hand: subscribers hear of every change of a job or experiment on the channel `toogit`, as `job:<key>` or
-- `experiment:<id>`. Notifications travel with the commit, never before it.
CREATE FUNCTION "notify_job"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('toogit', 'job:' || NEW."key");
    RETURN NULL;
END $$;

CREATE FUNCTION "notify_experiment"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('toogit', 'experiment:' || NEW."id");
    RETURN NULL;
END $$;

CREATE TRIGGER "jobs_notify" AFTER UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state" OR OLD."progress" IS DISTINCT FROM NEW."progress")
    EXECUTE FUNCTION "notify_job"();

CREATE TRIGGER "experiments_notify_insert" AFTER INSERT ON "experiments" FOR EACH ROW
    EXECUTE FUNCTION "notify_experiment"();

CREATE TRIGGER "experiments_notify_update" AFTER UPDATE ON "experiments" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state")
    EXECUTE FUNCTION "notify_experiment"();
