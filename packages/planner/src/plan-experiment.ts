import {
  type JobEstimate,
  type Plan,
  type PlannedJob,
  type PlannedStep,
  specWarnings,
  type Warning,
} from '@toogit/catalogue';
import { orderSteps, type ResolvedSpec, specDigest, stepFacts } from '@toogit/spec';
import { reportMemory } from './memory.js';
import { neededMemory } from './needed-memory.js';
import { planReport, type ReportAtPoint } from './plan-report.js';
import { refuseTooLarge } from './plan-size.js';
import { type PointContext, planStep } from './plan-step.js';

/** A plan, and what it would do that most likely is not meant. */
export interface ExperimentPlan extends Plan {
  warnings: Warning[];
}

/**
 * The jobs of a resolved spec: attacks cut into blocks, equal work once, dependencies before dependants.
 *
 * @throws ToogitError SPEC_TOO_LARGE beyond `maxJobs` or `maxInputs`.
 */
export function planExperiment(spec: ResolvedSpec): ExperimentPlan {
  refuseTooLarge(spec);
  const jobs = new Map<string, PlannedJob>();
  const add = (job: PlannedJob) => {
    if (!jobs.has(job.key)) jobs.set(job.key, job);
  };
  const steps: PlannedStep[] = [];
  const reports = new Map<string, ReportAtPoint[]>();
  for (const point of spec.points) {
    const context: PointContext = {
      seed: point.seed,
      steps: point.steps,
      facts: stepFacts(point.steps),
      keys: new Map(),
    };
    for (const name of orderSteps(point.steps).order) {
      const step = point.steps[name];
      if (step?.kind === 'report') {
        const at = { step, point: withoutSeed(point.id), context };
        const known = reports.get(name);
        if (known) known.push(at);
        else reports.set(name, [at]);
      } else if (step) {
        const memoryBytes = neededMemory(name, step, context);
        const planned = planStep(name, step, context);
        setMemory(planned, memoryBytes);
        const jobKeys = planned.map((job) => job.key);
        context.keys.set(name, jobKeys);
        planned.forEach(add);
        steps.push({ name: point.id === '' ? name : `${point.id}/${name}`, kind: step.kind, jobKeys });
      }
    }
  }
  const facts = { study: spec.study ?? spec.name, profile: spec.profile, specDigest: specDigest(spec) };
  for (const [name, points] of reports) {
    const job = planReport(facts, points);
    setMemory([job], reportMemory);
    add(job);
    steps.push({ name, kind: 'report', jobKeys: [job.key] });
  }
  return { jobs: [...jobs.values()], steps, warnings: specWarnings(spec) };
}

/** Jobs of one cost go on sharing one estimate. */
function setMemory(jobs: PlannedJob[], memoryBytes: number): void {
  const completed = new Map<JobEstimate, JobEstimate>();
  for (const job of jobs) {
    const estimate = completed.get(job.estimate) ?? { ...job.estimate, memoryBytes };
    completed.set(job.estimate, estimate);
    job.estimate = estimate;
  }
}

/** `seed=0,epsilon=0.5` says `epsilon=0.5` besides the seed, which rows state apart. */
const withoutSeed = (id: string) => id.replace(/^seed=\d+,?/, '');
