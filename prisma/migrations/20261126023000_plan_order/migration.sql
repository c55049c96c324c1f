-- An experiment's jobs, metrics and artifacts are listed in the order of its plan, from any place on.
CREATE INDEX "experiment_jobs_experiment_id_position_idx" ON "experiment_jobs"("experiment_id", "position");
