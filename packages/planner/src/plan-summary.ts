import {
  type EstimateBasis,
  type JobKind,
  type JobState,
  type JobTimings,
  jobKinds,
  type PlannedJob,
  type Warning,
} from '@toogit/catalogue';
import type { ExperimentPlan } from './plan-experiment.js';
import { expectedModel, fittedModel, nominalProbe, secondsOf } from './time-model.js';

/** Of the jobs of one kind that are not cached. */
export interface KindEstimate {
  kind: JobKind;
  jobs: number;
  flops: number;
  seconds: number;
  basis: EstimateBasis;
  /** How many past jobs were measured. */
  pastJobs: number;
}

export interface PlanSummary {
  jobs: number;
  /** Jobs whose result exists already. */
  cached: number;
  byKind: Partial<Record<JobKind, number>>;
  /** Of the jobs that are not cached. */
  estimatedFlops: number;
  /** Of the jobs that are not cached. */
  estimatedBytes: number;
  /** Of one worker that does one job after the other. */
  estimatedSeconds: number;
  /** What the estimates are of; null where no worker is there and none has been. */
  device: string | null;
  estimates: KindEstimate[];
  steps: { name: string; kind: string; jobs: number; cached: number }[];
  /** What runs as specified and most likely is not meant. */
  warnings: Warning[];
}

export const nothingMeasured: JobTimings = { device: null, probe: null, past: [] };

/** What a plan amounts to before it runs. `knownStates` holds the states of jobs that exist already, by key. */
export function summarizePlan(
  plan: ExperimentPlan,
  knownStates: ReadonlyMap<string, JobState>,
  timings: JobTimings = nothingMeasured,
): PlanSummary {
  const isCached = (key: string) => knownStates.get(key) === 'succeeded';
  const open = plan.jobs.filter((job) => !isCached(job.key));
  const sum = (of: (job: PlannedJob) => number) => open.reduce((total, job) => total + of(job), 0);
  const byKind: PlanSummary['byKind'] = {};
  for (const { kind } of plan.jobs) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const kinds = [...new Set(open.map(({ kind }) => kind))];
  const estimates = kinds.map((kind) =>
    estimateOf(
      kind,
      open.filter((job) => job.kind === kind),
      timings,
    ),
  );
  return {
    jobs: plan.jobs.length,
    cached: plan.jobs.length - open.length,
    byKind,
    estimatedFlops: sum((job) => job.estimate.flops),
    estimatedBytes: sum((job) => job.estimate.bytes),
    estimatedSeconds: estimates.reduce((total, { seconds }) => total + seconds, 0),
    device: timings.device,
    estimates,
    steps: plan.steps.map(({ name, kind, jobKeys }) => ({
      name,
      kind,
      jobs: jobKeys.length,
      cached: jobKeys.filter(isCached).length,
    })),
    warnings: plan.warnings,
  };
}

function estimateOf(kind: JobKind, jobs: PlannedJob[], { device, probe, past }: JobTimings): KindEstimate {
  const measured = past.filter((job) => job.kind === kind && job.work > 0 && job.seconds > 0);
  const expected = expectedModel(kind, probe ?? nominalProbe(device));
  const model = measured.length > 0 ? fittedModel(measured, expected) : expected;
  const isProbed = probe !== null && jobKinds[kind].resource === 'tensor';
  return {
    kind,
    jobs: jobs.length,
    flops: jobs.reduce((total, { estimate }) => total + estimate.flops, 0),
    seconds: jobs.reduce((total, { estimate: { flops, work = flops } }) => total + secondsOf(model, work), 0),
    basis: measured.length > 0 ? 'measured' : isProbed ? 'probe' : 'nominal',
    pastJobs: measured.length,
  };
}
