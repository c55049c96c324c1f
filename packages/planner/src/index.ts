export { jobSeed } from './job-seed.js';
export { type ExperimentPlan, planExperiment } from './plan-experiment.js';
export { maxInputs, maxJobs } from './plan-size.js';
export { type KindEstimate, nothingMeasured, type PlanSummary, summarizePlan } from './plan-summary.js';
