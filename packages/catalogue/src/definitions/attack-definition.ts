import type { z } from 'zod';
import type { Problem } from '../problem.js';
import type { Norm, TargetRule } from '../values.js';

/** Of one attack alone, as a step writes them, each with its default. */
export type OwnParameters = Record<string, z.ZodDefault>;

/** Settings that every attack step has; distances in [0,1] pixel units. */
interface StepSettings {
  norm: Norm;
  epsilon: number;
  stepSize: number;
  steps: number;
  targets: TargetRule;
  randomStart: boolean;
  gradientSamples: number;
  nonTransferModels: readonly string[];
}

/**
 * An attack as data: projected steps within a perturbation set, by a rule of its own. The rule is in
 * `@toogit/engine`, under the same name.
 */
export interface AttackDefinition<P extends OwnParameters = OwnParameters> {
  /** As threat models show it. */
  title: string;
  /** A line for people who choose. */
  summary: string;
  /** The paper that it is from. */
  source: string;
  norms: readonly Norm[];
  parameters: P;
  /** Where a step leaves `steps` out. */
  defaultSteps: number;
  /** Where a step leaves `stepSize` out, so many steps reach epsilon. */
  stepsToEpsilon: number | 'all';
  /** Forward passes that a step costs for each gradient it averages: a gradient to the input is two. */
  passesPerStep: number;
  /** Whether `stepSize` is that of the first steps only, so that it may be longer than epsilon. */
  shortensSteps?: true;
  /** What of a step's settings is not this attack any more. `classes` is null where they are not known yet. */
  problems?(settings: StepSettings & z.output<z.ZodObject<P>>, classes: number | null): Problem[];
  /** Its own parameters in words, as threat models list them: `momentum 1`. */
  wording(parameters: z.output<z.ZodObject<P>>): string[];
}

/** Keeps the types of the parameters. */
export const defineAttack = <P extends OwnParameters>(definition: AttackDefinition<P>): AttackDefinition<P> =>
  definition;
