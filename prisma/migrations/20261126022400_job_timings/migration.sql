-- What a job's time grows with, beside its flops, and how fast a worker's machine was when it timed itself.

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "estimated_work" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "workers" ADD COLUMN     "probe" JSONB;

-- The newest finished jobs of a kind, from which the time of others is estimated. A partial index is nothing that
-- Prisma's schema can state.
CREATE INDEX "jobs_succeeded_by_kind" ON "jobs" ("kind", "finished_at" DESC) WHERE "state" = 'succeeded';
