import type { ImageShape, NetworkCost } from '@toogit/networks';
import type { z } from 'zod';
import type { JobEstimate } from '../costs/job-estimate.js';
import type { DatasetName } from '../datasets.js';
import type { Problem } from '../problem.js';
import type { Warning } from '../warnings/warning.js';
import type { JobDefinition } from './job-definition.js';

/** What is known of images before any of them is there. */
export interface ImagesFacts {
  /** The data set that they come from. */
  dataset: DatasetName;
  /** Height and width, where the data set has no size of its own; else null. */
  imageSize: number | null;
  shape: ImageShape;
  classes: number;
  /** Whether an image's mirror image is one of the same class. */
  mirrorable: boolean;
  /** uint8 until something has been added to them, float32 from then on. */
  bytesPerPixel: 1 | 4;
}

/** What follows from a step before it has run. */
export interface StepFacts {
  /** Of the images that the step holds or makes; of a model, those it is trained on. Null where there are none. */
  images: ImagesFacts | null;
  examples: number;
  /** Whether `examples` is only the most there may be, as of a set whose size is known once it is made. */
  isBound: boolean;
}

export const noImages: StepFacts = { images: null, examples: 0, isBound: false };

/** The other steps of the graph, for the checks of a step. */
export interface StepContext {
  facts(name: string): StepFacts;
  /** The step of that name, if it is of that kind. */
  find<S>(name: string, kind: string): S | undefined;
}

/** Images that a job holds or goes through. */
export interface HeldImages {
  examples: number;
  /** Height × width × channels. */
  pixels: number;
  bytesPerPixel: 1 | 4;
}

/** What a step's jobs depend on besides the step, at one point of the matrix. */
export interface PlanContext {
  /** Of the point. */
  seed: number;
  /** A seed of the step's own, derived from the point's and the step's name. */
  seedOf(name: string): number;
  facts(name: string): StepFacts;
  /** @throws Error if the step holds no images */
  images(name: string): HeldImages;
  /** @throws Error if the step is of another kind */
  step<S>(name: string, kind: string): S;
  find<S>(name: string, kind: string): S | undefined;
  /** Keys of the jobs of a step, in block order. @throws Error if it is not planned yet */
  keys(name: string): string[];
  /** What the network of a `train` step costs on one of its images. */
  network(name: string): NetworkCost;
}

/** One job of a step, as its kind plans it. */
export interface JobPlan<P = unknown> {
  params: P;
  /** 0 where nothing is random, so that experiments with different seeds share the job. */
  seed: number;
  /** Keys of the input jobs, by role. */
  inputs: Record<string, string[]>;
  cost: JobEstimate;
}

/** A step of all points together. */
export interface StepAtPoint<S> {
  step: S;
  /** What the matrix sets there besides the seed. */
  point: string;
  context: PlanContext;
}

/** What identifies an experiment to a job that covers all its points. */
export interface ExperimentFacts {
  study: string;
  profile: string | null;
  specDigest: string;
}

export type StepSchema = z.ZodType<{ kind: string }>;

/**
 * A kind of step, and the jobs that it becomes. `S` is the schema of the step as it is written, `R` the step with every
 * default filled in.
 */
export interface KindDefinition<
  J extends JobDefinition = JobDefinition,
  S extends StepSchema = StepSchema,
  R = z.output<S>,
> {
  /** What it does, in Markdown; the reference of specs has it above the table of keys. */
  description: string;
  job: J;
  step: S;
  /** Which kinds of step may stand where the step names another; `*` is any index of a list. */
  references: Record<string, readonly string[]>;
  /** The steps that it names have their facts already. */
  facts(step: z.output<S>, of: (name: string) => StepFacts): StepFacts;
  /** Fills in the defaults that depend on other steps. */
  resolve?: (step: z.output<S>, of: (name: string) => StepFacts) => R;
  /** What is wrong between the step and those that it names. */
  problems?: (step: R, context: StepContext) => Problem[];
  /** What a step's settings are seen to miss; of a step as it is stored, which may be an earlier version's. */
  stepWarnings?: (step: unknown) => Warning[];
  /** What a job's settings and result show that it missed; both as stored, `result` null until it has succeeded. */
  jobWarnings?: (params: unknown, result: unknown) => Warning[];
  /** The step's jobs, at one point of the matrix. */
  plan?: (name: string, step: R, context: PlanContext) => JobPlan<z.output<J['params']>>[];
  /** Instead of `plan`: one job for all points. */
  planPoints?: (facts: ExperimentFacts, points: readonly StepAtPoint<R>[]) => JobPlan<z.output<J['params']>>;
  /** Bytes that each of the jobs needs at its peak; none of them depends on which block it has. */
  memoryBytes(name: string, step: R, context: PlanContext): number;
}

/** Ties the parts of a kind together by their types. */
export function defineKind<J extends JobDefinition, S extends StepSchema, R = z.output<S>>(
  definition: KindDefinition<J, S, R>,
): KindDefinition<J, S, R> {
  return definition;
}
