import type { z } from 'zod';

/** Which workers may claim a job: `tensor` jobs compute with TensorFlow, on a GPU or on CPUs; `cpu` jobs do not. */
export type ResourceClass = 'cpu' | 'tensor';

export interface InputRole {
  /** What the input's job makes (its `output`), or `any`. */
  artifact: string;
  /** `many` is an ordered list, possibly empty. */
  arity: 'one' | 'many';
  /** An earlier name of the role, which keys go on having. */
  nameInKeys?: string;
}

/**
 * A kind of job as data: what it takes, what it gives, where it runs. The handler that runs it is in `@toogit/handlers`, so
 * that whoever plans or enqueues never loads it. A handler whose output bytes change for the same input raises `version`,
 * which is part of every job key.
 */
export interface JobDefinition<
  K extends string = string,
  P extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  O extends string = string,
> {
  kind: K;
  version: number;
  resource: ResourceClass;
  /** Fully resolved parameters: no defaults here, they belong to the step. */
  params: P;
  inputs: Record<string, InputRole>;
  /** What the job's one artifact is; written as `type` into its manifest. */
  output: O;
  /** The manifest's `meta`: facts that follow from the inputs alone (no times, no host names). */
  result: R;
  /** Attempts before a job counts as failed; errors that are not retryable fail at once. */
  maxAttempts: number;
}

/** Keeps the literal types of a definition. */
export function defineJob<K extends string, P extends z.ZodType, R extends z.ZodType, O extends string>(
  definition: JobDefinition<K, P, R, O>,
) {
  return definition;
}
