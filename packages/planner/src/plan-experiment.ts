import {
  type AnyKind,
  type ExperimentFacts,
  type JobEstimate,
  type JobIdentity,
  type JobPlan,
  jobKey,
  kindOf,
  type Plan,
  type PlannedJob,
  type PlannedStep,
  type ResolvedStep,
  type StepAtPoint,
  specWarnings,
  type Warning,
} from '@toogit/catalogue';
import { orderSteps, type ResolvedSpec, specDigest } from '@toogit/spec';
import { planContext } from './plan-context.js';
import { refuseTooLarge } from './plan-size.js';

/** A plan, and what it would do that most likely is not meant. */
export interface ExperimentPlan extends Plan {
  warnings: Warning[];
}

/** A step that is one job over all points, with its place in each. */
interface StepOverPoints {
  kind: AnyKind;
  points: [StepAtPoint<ResolvedStep>, ...StepAtPoint<ResolvedStep>[]];
}

/**
 * The jobs of a resolved spec: attacks cut into blocks, equal work once, dependencies before dependants.
 *
 * @throws ToogitError SPEC_TOO_LARGE beyond `maxJobs` or `maxInputs`.
 */
export function planExperiment(spec: ResolvedSpec): ExperimentPlan {
  refuseTooLarge(spec);
  const jobs = new Map<string, PlannedJob>();
  const add = (planned: PlannedJob[]): string[] =>
    planned.map((job) => {
      if (!jobs.has(job.key)) jobs.set(job.key, job);
      return job.key;
    });
  const steps: PlannedStep[] = [];
  const overPoints = new Map<string, StepOverPoints>();
  for (const point of spec.points) {
    const keys = new Map<string, string[]>();
    const context = planContext(point, keys);
    for (const name of orderSteps(point.steps).order) {
      const step = point.steps[name];
      if (step === undefined) continue;
      const kind = kindOf(step.kind);
      if (kind.plan === undefined) {
        const at = { step, point: withoutSeed(point.id), context };
        const known = overPoints.get(name);
        if (known) known.points.push(at);
        else overPoints.set(name, { kind, points: [at] });
        continue;
      }
      const memoryBytes = kind.memoryBytes(name, step, context);
      const jobKeys = add(plannedJobs(kind, kind.plan(name, step, context), memoryBytes));
      keys.set(name, jobKeys);
      steps.push({ name: point.id === '' ? name : `${point.id}/${name}`, kind: step.kind, jobKeys });
    }
  }
  const facts = { study: spec.study ?? spec.name, profile: spec.profile, specDigest: specDigest(spec) };
  for (const [name, over] of overPoints) {
    const { kind } = over.points[0].step;
    steps.push({ name, kind, jobKeys: add(planOverPoints(name, over, facts)) });
  }
  return { jobs: [...jobs.values()], steps, warnings: specWarnings(spec) };
}

function planOverPoints(
  name: string,
  { kind, points }: StepOverPoints,
  facts: ExperimentFacts,
): PlannedJob[] {
  const [first] = points;
  if (kind.planPoints === undefined) return [];
  const memoryBytes = kind.memoryBytes(name, first.step, first.context);
  return plannedJobs(kind, [kind.planPoints(facts, points)], memoryBytes);
}

/** With key, version and estimate. Jobs of one cost go on sharing one estimate. */
function plannedJobs({ job }: AnyKind, plans: readonly JobPlan[], memoryBytes: number): PlannedJob[] {
  const estimates = new Map<JobEstimate, JobEstimate>();
  return plans.map(({ params, seed, inputs, cost }) => {
    const estimate = estimates.get(cost) ?? { ...cost, memoryBytes };
    estimates.set(cost, estimate);
    const identity = { kind: job.kind, params, seed, inputs } as JobIdentity;
    const { version, resource } = job;
    return { ...identity, key: jobKey(identity), version, resource, estimate } as PlannedJob;
  });
}

/** `seed=0,epsilon=0.5` is `epsilon=0.5` besides the seed, which rows state apart. */
const withoutSeed = (id: string) => id.replace(/^seed=\d+,?/, '');
