import { z } from 'zod';
import { apgd } from './attacks/apgd.js';
import { bim } from './attacks/bim.js';
import { difgsm } from './attacks/difgsm.js';
import { fgsm } from './attacks/fgsm.js';
import { mifgsm } from './attacks/mifgsm.js';
import { nifgsm } from './attacks/nifgsm.js';
import { pgd } from './attacks/pgd.js';
import { square } from './attacks/square.js';
import { tifgsm } from './attacks/tifgsm.js';
import type { AttackDefinition, OwnParameters } from './definitions/attack-definition.js';
import { defaultStepSize } from './step-values.js';
import { count, norms, precisions, targetRules } from './values.js';

/** The attacks that a step may name as its `method`. */
export const attacks = { pgd, apgd, fgsm, bim, mifgsm, nifgsm, difgsm, tifgsm, square } as const;

type Attacks = typeof attacks;
export type AttackName = keyof Attacks;
export const attackNames = Object.keys(attacks) as [AttackName, ...AttackName[]];
export const defaultAttack = 'pgd' satisfies AttackName;

type Intersection<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void
  ? I
  : never;
type AllOwn = Intersection<Attacks[AttackName]['parameters']>;
type Optional<S> = S extends z.ZodDefault<infer T> ? z.ZodExactOptional<T> : never;

/** The parameters that single attacks have, without their defaults: those of other attacks are left out. */
export const ownParameters = Object.fromEntries(
  Object.values(attacks).flatMap(({ parameters }) =>
    Object.entries(parameters as OwnParameters).map(([name, schema]) => [
      name,
      z.exactOptional(schema.unwrap()),
    ]),
  ),
) as { [K in keyof AllOwn]: Optional<AllOwn[K]> };

/** An attack as its jobs have it; `epsilon` and `stepSize` in [0,1] pixel units. */
export const attackParams = z.strictObject({
  /** PGD where there is none, so that its jobs keep the keys from when there was no other. */
  method: z.enum(attackNames).exactOptional(),
  norm: z.enum(norms),
  epsilon: z.number().min(0),
  stepSize: z.number().positive(),
  steps: count,
  targets: z.enum(targetRules),
  randomStart: z.boolean(),
  restarts: count,
  /** Gradients averaged over this many augmented copies (expectation over augmentation); 1 is a plain gradient. */
  gradientSamples: count,
  /** Where those copies are not flipped as well as cropped: the images are none that may be mirrored. */
  gradientAugmentation: z.literal('crop').exactOptional(),
  precision: z.enum(precisions),
  ...ownParameters,
});
export type AttackParams = z.infer<typeof attackParams>;

/** What the step rule of an attack is given. */
export type RuleParams<N extends AttackName> = Pick<AttackParams, 'norm' | 'epsilon' | 'stepSize' | 'steps'> &
  z.output<z.ZodObject<Attacks[N]['parameters']>>;

interface AttackChoice {
  method?: AttackName;
}

export const methodOf = ({ method = defaultAttack }: AttackChoice): AttackName => method;

/** The definition of an attack that is not known by type. */
export const attackOf = (choice: AttackChoice): AttackDefinition =>
  attacks[methodOf(choice)] as unknown as AttackDefinition;

/** Of the attack's own parameters those that are given, and the defaults of the rest. */
export const ownParametersOf = (choice: AttackChoice): Record<string, unknown> =>
  z.object(attackOf(choice).parameters).parse(choice);

/** Length of a step where none is given, in [0,1] pixel units. */
export function usualStepSize(
  choice: AttackChoice,
  { epsilon, steps }: { epsilon: number; steps: number },
): number {
  const { stepsToEpsilon } = attackOf(choice);
  return defaultStepSize(epsilon, stepsToEpsilon === 'all' ? steps : stepsToEpsilon);
}
