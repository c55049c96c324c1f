import { distanceName } from '@toogit/core';
import { type AttackParams, attackOf } from '../attacks.js';
import type { Warning } from './warning.js';

/** Settings of projected gradient steps within a ball: of an attack, of adversarial training, of features' responses. */
export type PerturbationSettings = Pick<AttackParams, 'norm' | 'epsilon' | 'stepSize' | 'steps'> &
  Partial<Pick<AttackParams, 'method' | 'targets' | 'randomStart' | 'restarts' | 'gradientSamples'>>;

/** Images are float32: nothing shorter can be added to a pixel near 1. */
const float32Resolution = 2 ** -24;

/** Room for rounding: 20 steps of epsilon / 20 do reach epsilon. */
const slack = 1e-9;

/** What settings can be seen to miss before anything runs. */
export function perturbationWarnings(settings: PerturbationSettings): Warning[] {
  const { norm, epsilon, targets = 'none' } = settings;
  // With targets it relabels unaltered images, as a control does.
  if (epsilon === 0 && targets !== 'none') return [];
  if (epsilon === 0) {
    const message = 'epsilon is 0: the attacked images are the images themselves';
    return [
      {
        code: 'EPSILON_ZERO',
        path: 'epsilon',
        message,
        next: 'Set epsilon above 0, or leave the attack out.',
      },
    ];
  }
  if (norm === 'linf' && epsilon < float32Resolution) {
    const message = `epsilon is ${distanceName(epsilon)}, less than float32 images can be changed by`;
    const next = `Set epsilon to at least ${distanceName(float32Resolution)}; 8/255 is usual.`;
    return [{ code: 'EPSILON_BELOW_PRECISION', path: 'epsilon', message, next }];
  }
  const long = attackOf(settings).shortensSteps ? [] : longSteps(settings);
  return [...outOfReach(settings), ...long, ...equalRestarts(settings)];
}

function outOfReach({ epsilon, stepSize, steps }: PerturbationSettings): Warning[] {
  const reach = stepSize * steps;
  if (!(reach < epsilon * (1 - slack))) return [];
  const taken = steps === 1 ? '1 step' : `${steps} steps`;
  return [
    {
      code: 'EPSILON_OUT_OF_REACH',
      path: 'stepSize',
      message: `${taken} of ${distanceName(stepSize)} move an image by ${distanceName(reach)} at most, and epsilon is ${distanceName(epsilon)}`,
      next: `Set stepSize to at least ${distanceName(roundedUp(epsilon / steps))}, or steps to at least ${Math.ceil((epsilon / stepSize) * (1 - slack))}.`,
    },
  ];
}

/** One step of any length beyond epsilon ends on the edge; several go from edge to edge. */
function longSteps({ epsilon, stepSize, steps }: PerturbationSettings): Warning[] {
  if (steps === 1 || !(stepSize > epsilon * (1 + slack))) return [];
  return [
    {
      code: 'STEP_LONGER_THAN_EPSILON',
      path: 'stepSize',
      message: `a step of ${distanceName(stepSize)} is longer than epsilon, ${distanceName(epsilon)}: each goes from one edge of the ball to another, and the attack is weaker for it`,
      next: `Leave stepSize out (epsilon / 5), or set it below ${distanceName(epsilon)}.`,
    },
  ];
}

/** Without a random start only averaged gradients differ between attempts. */
function equalRestarts({ restarts = 1, randomStart, gradientSamples = 1 }: PerturbationSettings): Warning[] {
  if (restarts === 1 || randomStart !== false || gradientSamples > 1) return [];
  return [
    {
      code: 'RESTARTS_ALL_EQUAL',
      path: 'restarts',
      message: `${restarts} restarts without a random start are ${restarts} times the same attack`,
      next: 'Set randomStart: true, or restarts: 1.',
    },
  ];
}

/** To three digits, never below. */
function roundedUp(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Math.ceil((value / unit) * (1 - slack)) * unit;
}
