import { distanceName } from '@toogit/core';
import { z } from 'zod';
import { type AttackParams, attackParams } from '../../attacks.js';
import { perturbationWarnings } from '../../warnings/perturbation-warnings.js';
import { below, type Warning } from '../../warnings/warning.js';
import { attackJob } from './job.js';

/** A step holds the parameters of its jobs under the same names. */
const stepSettings = z.object(attackParams.shape);

export function attackStepWarnings(step: unknown): Warning[] {
  const { data } = stepSettings.safeParse(step);
  return data ? perturbationWarnings(data) : [];
}

export function attackJobWarnings(params: unknown, result: unknown): Warning[] {
  const { data } = attackJob.params.safeParse(params);
  if (!data) return [];
  const settings = perturbationWarnings(data).map(below('params'));
  const effect = attackEffect.safeParse(result).data;
  if (!effect) return settings;
  const known = new Set(settings.map(({ code }) => code));
  const effects = attackWarnings(data, effect, data.block.count);
  return [...settings, ...effects.filter(({ code }) => !known.has(code)).map(below('result'))];
}

/** What an attack did to its examples, as far as its result states it. */
const attackEffect = z.object({
  maxNorm: z.number().min(0),
  zeroGradients: z.int().min(0).default(0),
  nonFiniteGradients: z.int().min(0).default(0),
});
type AttackEffect = z.output<typeof attackEffect>;

/** The longest perturbation must come so near to epsilon. */
const reached = 0.9;

/** What an attack's settings miss, and what its outcome shows that it missed. `n`: attacked examples. */
export function attackWarnings(attack: AttackParams, effect: AttackEffect, n: number): Warning[] {
  const settings = perturbationWarnings(attack);
  const explained = settings.some(({ code }) => code.startsWith('EPSILON'));
  return [...settings, ...(explained ? [] : notReached(attack, effect)), ...gradients(effect, n)];
}

function notReached({ epsilon }: AttackParams, { maxNorm }: AttackEffect): Warning[] {
  if (maxNorm >= reached * epsilon) return [];
  return [
    {
      code: 'EPSILON_NOT_REACHED',
      path: 'maxNorm',
      message: `no perturbation is longer than ${distanceName(Number(maxNorm.toPrecision(3)))}, and epsilon is ${distanceName(epsilon)}`,
      next: 'Raise steps or stepSize; where that changes nothing, epsilon is wider than the pixels’ range or the gradients vanish.',
    },
  ];
}

function gradients({ zeroGradients, nonFiniteGradients }: AttackEffect, n: number): Warning[] {
  return [
    ...(zeroGradients === 0
      ? []
      : [
          {
            code: 'GRADIENTS_ZERO' as const,
            path: 'zeroGradients',
            message: `the gradient was zero for ${zeroGradients} of ${n} examples in some step, which moved nothing`,
            next: 'Take the accuracy as an upper bound; attack with randomStart and restarts, or transfer another model’s examples.',
          },
        ]),
    ...(nonFiniteGradients === 0
      ? []
      : [
          {
            code: 'GRADIENTS_NOT_FINITE' as const,
            path: 'nonFiniteGradients',
            message: `the gradient was not finite for ${nonFiniteGradients} of ${n} examples in some step`,
            next: 'Look at the model’s training loss; train it with a lower learning rate, or attack in float32.',
          },
        ]),
  ];
}
