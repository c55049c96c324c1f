import { ToogitError } from '@toogit/errors';
import { type Plan, type PlannedJob, type PlannedStep, specWarnings, type Warning } from '@toogit/jobs';
import { orderSteps, type ResolvedPoint, type ResolvedSpec, specDigest, stepFacts } from '@toogit/spec';
import { reportMemory } from './memory.js';
import { neededMemory } from './needed-memory.js';
import { planReport, type ReportAtPoint } from './plan-report.js';
import { type PointContext, planStep } from './plan-step.js';

/** A plan, and what it would do that most likely is not meant. */
export interface ExperimentPlan extends Plan {
  warnings: Warning[];
}

/** Most jobs of one plan, counted before equal ones are found to be one. */
export const maxJobs = 100_000;

/**
 * The jobs of a resolved spec: attacks cut into blocks, equal work once, dependencies before dependants.
 *
 * @throws ToogitError SPEC_TOO_LARGE beyond `maxJobs`.
 */
export function planExperiment(spec: ResolvedSpec): ExperimentPlan {
  const count = spec.points.reduce((sum, point) => sum + jobCount(point), 0);
  if (count > maxJobs) {
    throw new ToogitError(
      'SPEC_TOO_LARGE',
      `${count} jobs are more than the ${maxJobs} allowed; raise blockSize or sweep over less`,
    );
  }
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
        reports.set(name, [...(reports.get(name) ?? []), { step, point: withoutSeed(point.id), context }]);
      } else if (step) {
        const memoryBytes = neededMemory(name, step, context);
        const planned = planStep(name, step, context).map((job) => needing(job, memoryBytes));
        const jobKeys = planned.map((job) => job.key);
        context.keys.set(name, jobKeys);
        planned.forEach(add);
        steps.push({ name: point.id === '' ? name : `${point.id}/${name}`, kind: step.kind, jobKeys });
      }
    }
  }
  const facts = { study: spec.study ?? spec.name, profile: spec.profile, specDigest: specDigest(spec) };
  for (const [name, points] of reports) {
    const job = needing(planReport(facts, points), reportMemory);
    add(job);
    steps.push({ name, kind: 'report', jobKeys: [job.key] });
  }
  return { jobs: [...jobs.values()], steps, warnings: specWarnings(spec) };
}

const needing = (job: PlannedJob, memoryBytes: number): PlannedJob => ({
  ...job,
  estimate: { ...job.estimate, memoryBytes },
});

/** `seed=0,epsilon=0.5` says `epsilon=0.5` besides the seed, which rows state apart. */
const withoutSeed = (id: string) => id.replace(/^seed=\d+,?/, '');

function jobCount({ steps }: ResolvedPoint): number {
  const facts = stepFacts(steps);
  return Object.entries(steps).reduce((sum, [name, step]) => {
    const blocks = 'blockSize' in step ? (facts.get(name)?.examples ?? 0) / step.blockSize : 1;
    return sum + Math.ceil(blocks);
  }, 0);
}
