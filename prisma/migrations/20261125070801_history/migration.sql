-- What is read often costs no more as history grows.

-- Written by hand: the reports of an experiment, whose other steps may have thousands of jobs.
CREATE INDEX "experiment_steps_reports" ON "experiment_steps" ("experiment_id") WHERE "kind" = 'report';

-- Jobs that have failed for good, newest first.
CREATE INDEX "jobs_failed" ON "jobs" ("finished_at" DESC, "key") WHERE "state" = 'failed';
