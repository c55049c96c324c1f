import { kindOf } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { type ResolvedPoint, type ResolvedSpec, stepFacts, stepReferences } from '@toogit/spec';

/** Most jobs of one plan, counted before equal ones are found to be one. */
export const maxJobs = 100_000;
/** Most inputs of all its jobs together: every evaluation of an attack has all its blocks as inputs. */
export const maxInputs = 1_000_000;

/** Counts what a plan would hold before any of it is made. @throws ToogitError SPEC_TOO_LARGE */
export function refuseTooLarge({ points }: ResolvedSpec): void {
  let jobs = 0;
  let inputs = 0;
  for (const point of points) {
    const size = sizeOf(point);
    jobs += size.jobs;
    inputs += size.inputs;
  }
  refuse('jobs', jobs, maxJobs);
  refuse('inputs of jobs', inputs, maxInputs);
}

function refuse(what: string, count: number, most: number): void {
  if (count <= most) return;
  throw new ToogitError(
    'SPEC_TOO_LARGE',
    `${count} ${what} are more than the ${most} allowed; raise blockSize or sweep over less`,
  );
}

function sizeOf({ steps }: ResolvedPoint): { jobs: number; inputs: number } {
  const facts = stepFacts(steps);
  const jobsOf = (name: string) => {
    const step = steps[name];
    return step && 'blockSize' in step ? Math.ceil((facts.get(name)?.examples ?? 0) / step.blockSize) : 1;
  };
  let [jobs, inputs] = [0, 0];
  for (const [name, step] of Object.entries(steps)) {
    const named = stepReferences(step).reduce((sum, reference) => sum + jobsOf(reference.name), 0);
    jobs += jobsOf(name);
    // The inputs of one job over all points are counted with the spec's values.
    if (kindOf(step.kind).plan !== undefined) inputs += jobsOf(name) * named;
  }
  return { jobs, inputs };
}
