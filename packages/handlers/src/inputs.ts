import type { Manifest } from '@toogit/artifacts';
import { jobKinds } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import type { z } from 'zod';
import type { JobContext, JobInput } from './context.js';

/** What an artifact's manifest states, by the artifact's type: the results of the kinds that make it. */
const factsOf = {
  dataset: jobKinds['dataset.import'].result.or(jobKinds.synthesize.result),
  synthesizedDataset: jobKinds.synthesize.result,
  model: jobKinds.train.result,
  adversarialExamples: jobKinds.attack.result,
  invertedExamples: jobKinds.invert.result,
  featureResponses: jobKinds['feature-responses'].result,
  evaluation: jobKinds.evaluate.result,
} as const;

export type InputType = keyof typeof factsOf;

/** An input artifact together with the facts its manifest states. */
export interface Input<T extends InputType> {
  /** Of the job that made it: what results name it by. */
  jobKey: string;
  /** Of its manifest: what it is cached by. */
  digest: string;
  manifest: Manifest;
  facts: z.infer<(typeof factsOf)[T]>;
}

type WithInputs = Pick<JobContext, 'inputs'>;

/** The one input of a role. */
export function oneInput<T extends InputType>(context: WithInputs, role: string, type: T): Input<T> {
  const [input] = manyInputs(context, role, type);
  if (input === undefined) throw new ToogitError('INTERNAL', `The job has no input "${role}".`);
  return input;
}

/** @throws ARTIFACT_INVALID if a manifest does not state what its type must. */
export function manyInputs<T extends InputType>(context: WithInputs, role: string, type: T): Input<T>[] {
  return (context.inputs[role] ?? []).map((stored) => readFacts(stored, type));
}

function readFacts<T extends InputType>({ jobKey, digest, manifest }: JobInput, type: T): Input<T> {
  const facts = factsOf[type].safeParse(manifest.meta);
  if (facts.success) return { jobKey, digest, manifest, facts: facts.data as Input<T>['facts'] };
  throw new ToogitError('ARTIFACT_INVALID', `Artifact ${digest} does not state what a ${type} must.`, {
    digest,
    details: facts.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}
