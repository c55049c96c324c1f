export { jobSeed } from './job-seed.js';
export { type NetworkCost, type NetworkSize, networkCost } from './network-cost.js';
export { type ExperimentPlan, maxJobs, planExperiment } from './plan-experiment.js';
export { type PlanSummary, summarizePlan, twoCoresFlopsPerSecond } from './plan-summary.js';
