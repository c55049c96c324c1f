import { z } from 'zod';
import type { JobDefinition } from './definitions/job-definition.js';
import type { KindDefinition, StepSchema } from './definitions/kind-definition.js';
import { attack } from './kinds/attack/kind.js';
import { dataset } from './kinds/dataset/kind.js';
import { evaluate } from './kinds/evaluate/kind.js';
import { featureResponses } from './kinds/feature-responses/kind.js';
import { featureUsefulness } from './kinds/feature-usefulness/kind.js';
import { invert } from './kinds/invert/kind.js';
import { patterns } from './kinds/patterns/kind.js';
import { report } from './kinds/report/kind.js';
import { synthesize } from './kinds/synthesize/kind.js';
import { theory } from './kinds/theory/kind.js';
import { train } from './kinds/train/kind.js';
import { transferMatrix } from './kinds/transfer-matrix/kind.js';

/** Each kind of step, with the kind of its jobs. */
export const kinds = {
  dataset,
  train,
  attack,
  invert,
  synthesize,
  evaluate,
  'transfer-matrix': transferMatrix,
  'feature-responses': featureResponses,
  'feature-usefulness': featureUsefulness,
  patterns,
  theory,
  report,
} as const;

type Kinds = typeof kinds;
export type StepKind = keyof Kinds;

/** The steps of a graph as they are written. Defaults are the paper's (Ilyas et al. 2019) where it states a value. */
type Schema = Kinds[StepKind]['step'];
export const stepSchema = z.discriminatedUnion(
  'kind',
  Object.values(kinds).map(({ step }) => step) as [Schema, ...Schema[]],
);
export type StepInput = z.input<typeof stepSchema>;
/** A step with every default filled in that does not depend on other steps. */
export type ParsedStep = z.output<typeof stepSchema>;
export type ParsedSteps = Record<string, ParsedStep>;

/** A step with every default filled in. */
export type StepOf<K extends StepKind> =
  Kinds[K] extends KindDefinition<infer _J, infer _S, infer R> ? R : never;
export type ResolvedStep = { [K in StepKind]: StepOf<K> }[StepKind];
export type ResolvedSteps = Record<string, ResolvedStep>;

export type JobDefinitions = { [J in Kinds[StepKind]['job'] as J['kind']]: J };
export type JobKind = keyof JobDefinitions;
export type JobParams<K extends JobKind> = z.infer<JobDefinitions[K]['params']>;
export type JobResult<K extends JobKind> = z.infer<JobDefinitions[K]['result']>;
/** What a job's one artifact is. */
export type ArtifactType = JobDefinitions[JobKind]['output'];

export const jobKinds = Object.fromEntries(
  Object.values(kinds).map(({ job }) => [job.kind, job]),
) as JobDefinitions;
export const jobKindNames = Object.keys(jobKinds) as JobKind[];
export const artifactTypes = [...new Set(Object.values(jobKinds).map(({ output }) => output))];

/** A definition whose step and job are not known by type. */
export type AnyKind = KindDefinition<JobDefinition, StepSchema, ResolvedStep>;

export const isStepKind = (kind: string): kind is StepKind => Object.hasOwn(kinds, kind);
export const kindOf = (kind: StepKind) => kinds[kind] as unknown as AnyKind;

const kindsByJob = new Map(Object.values(kinds).map((kind) => [kind.job.kind as JobKind, kind]));
export const kindOfJob = (kind: JobKind) => kindsByJob.get(kind) as unknown as AnyKind;
