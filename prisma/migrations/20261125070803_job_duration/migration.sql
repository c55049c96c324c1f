-- How long one attempt of a job of a project may take; null: as long as the installation allows.

-- AlterTable
ALTER TABLE "projects" ADD COLUMN     "max_job_duration_ms" BIGINT;
