import { ToogitError } from '@toogit/errors';
import type { Plan, PlannedJob, PlannedStep } from '@toogit/jobs';
import { orderSteps, pointDigest, type ResolvedPoint, type ResolvedSpec, stepFacts } from '@toogit/spec';
import { type PointContext, planStep } from './plan-step.js';

/** Most jobs of one plan, counted before equal ones are found to be one. */
export const maxJobs = 50_000;

/**
 * The jobs of a resolved spec: attacks cut into blocks, equal work once, dependencies before dependants.
 *
 * @throws ToogitError SPEC_TOO_LARGE beyond `maxJobs`.
 */
export function planExperiment(spec: ResolvedSpec): Plan {
  const count = spec.points.reduce((sum, point) => sum + jobCount(point), 0);
  if (count > maxJobs) {
    throw new ToogitError(
      'SPEC_TOO_LARGE',
      `${count} jobs are more than the ${maxJobs} allowed; raise blockSize or sweep over less`,
    );
  }
  const jobs = new Map<string, PlannedJob>();
  const steps: PlannedStep[] = [];
  for (const point of spec.points) {
    for (const { jobs: planned, ...step } of planPoint(spec, point)) {
      for (const job of planned) if (!jobs.has(job.key)) jobs.set(job.key, job);
      steps.push(step);
    }
  }
  return { jobs: [...jobs.values()], steps };
}

function jobCount({ steps }: ResolvedPoint): number {
  const facts = stepFacts(steps);
  return Object.entries(steps).reduce((sum, [name, step]) => {
    const blocks = step.kind === 'attack' ? (facts.get(name)?.examples ?? 0) / step.blockSize : 1;
    return sum + Math.ceil(blocks);
  }, 0);
}

function* planPoint(
  spec: ResolvedSpec,
  point: ResolvedPoint,
): Iterable<PlannedStep & { jobs: PlannedJob[] }> {
  const context: PointContext = {
    ...point,
    study: spec.study ?? spec.name,
    profile: spec.profile,
    specDigest: pointDigest(spec, point),
    facts: stepFacts(point.steps),
    keys: new Map(),
  };
  for (const name of orderSteps(point.steps).order) {
    const step = point.steps[name];
    if (!step) continue;
    const jobs = planStep(name, step, context);
    const jobKeys = jobs.map((job) => job.key);
    context.keys.set(name, jobKeys);
    yield { name: point.id === '' ? name : `${point.id}/${name}`, kind: step.kind, jobKeys, jobs };
  }
}
