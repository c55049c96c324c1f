import type { JobKind, JobState, PlannedJob, Warning } from '@toogit/jobs';
import type { ExperimentPlan } from './plan-experiment.js';

/** About what two current cores reach in TensorFlow on the small networks, in FLOP/s. */
export const twoCoresFlopsPerSecond = 1.5e11;

export interface PlanSummary {
  jobs: number;
  /** Jobs whose result exists already. */
  cached: number;
  byKind: Partial<Record<JobKind, number>>;
  /** Of the jobs that are not cached. */
  estimatedFlops: number;
  /** Of the jobs that are not cached. */
  estimatedBytes: number;
  /** Compute time of one worker at `flopsPerSecond`. */
  estimatedSeconds: number;
  flopsPerSecond: number;
  steps: { name: string; kind: string; jobs: number; cached: number }[];
  /** What runs as it was asked for and most likely is not meant. */
  warnings: Warning[];
}

/** What a plan amounts to before it runs. `knownStates` holds the states of jobs that exist already, by key. */
export function summarizePlan(
  plan: ExperimentPlan,
  knownStates: ReadonlyMap<string, JobState>,
  flopsPerSecond = twoCoresFlopsPerSecond,
): PlanSummary {
  const isCached = (key: string) => knownStates.get(key) === 'succeeded';
  const open = plan.jobs.filter((job) => !isCached(job.key));
  const sum = (of: (job: PlannedJob) => number) => open.reduce((total, job) => total + of(job), 0);
  const byKind: PlanSummary['byKind'] = {};
  for (const { kind } of plan.jobs) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const estimatedFlops = sum((job) => job.estimate.flops);
  return {
    jobs: plan.jobs.length,
    cached: plan.jobs.length - open.length,
    byKind,
    estimatedFlops,
    estimatedBytes: sum((job) => job.estimate.bytes),
    estimatedSeconds: estimatedFlops / flopsPerSecond,
    flopsPerSecond,
    steps: plan.steps.map(({ name, kind, jobKeys }) => ({
      name,
      kind,
      jobs: jobKeys.length,
      cached: jobKeys.filter(isCached).length,
    })),
    warnings: plan.warnings,
  };
}
