import type { z } from 'zod';

/** What a job's one artifact is; written as `type` into its manifest. */
export const artifactTypes = [
  'dataset',
  'model',
  'adversarialExamples',
  'invertedExamples',
  'evaluation',
  'transferMatrix',
  'featureResponses',
  'featureUsefulness',
  'patterns',
  'theory',
  'report',
] as const;
export type ArtifactType = (typeof artifactTypes)[number];

/** Which workers may take a job: `gpu` jobs compute with tensors (on a CPU where no GPU is), `cpu` jobs don't. */
export type ResourceClass = 'cpu' | 'gpu';

export interface InputRole {
  artifact: ArtifactType | 'any';
  /** `many` is an ordered list, possibly empty. */
  arity: 'one' | 'many';
}

/**
 * A kind of job as data: what it takes, what it gives, where it runs. The handler that runs it lives in
 * `@toogit/handlers`, so that whoever plans or enqueues never loads it. A handler whose output bytes change for the
 * same input raises `version`, which is part of every job key.
 */
export interface JobKindDefinition<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  version: number;
  resource: ResourceClass;
  /** Fully resolved parameters: no defaults here, they belong to the spec. */
  params: P;
  inputs: Record<string, InputRole>;
  output: ArtifactType;
  /** The manifest's `meta`: facts that follow from the inputs alone (no times, no host names). */
  result: R;
  /** Attempts before a job counts as failed; errors that are not retryable fail at once. */
  maxAttempts: number;
}

/** Keeps the literal types of a definition. */
export function defineKind<P extends z.ZodType, R extends z.ZodType>(definition: JobKindDefinition<P, R>) {
  return definition;
}
