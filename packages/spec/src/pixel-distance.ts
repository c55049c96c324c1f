import { type Norm, typedNumber } from '@toogit/jobs';
import { z } from 'zod';
import { isRecord, type Problem } from './problems.js';

const asFraction = /^-?\d+(?:\.\d+)?\s*\/\s*\d+(?:\.\d+)?$/;

/** The number that `0.031` or `"8/255"` stands for; null if it is neither. */
function pixelValue(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !asFraction.test(value)) return null;
  const magnitude = typedNumber(value.replace('-', ''));
  return magnitude && (value.startsWith('-') ? -magnitude.value : magnitude.value);
}

/** A distance between images whose pixels lie in [0,1]: a number, or a fraction such as `"8/255"`. Never negative. */
export const pixelDistance = z
  .union([z.number(), z.string()], { error: 'expected a number or a fraction such as "8/255"' })
  .transform((value, context) => {
    const number = pixelValue(value);
    if (number !== null && number >= 0) return number;
    const message =
      number === null ? 'expected a number or a fraction such as "8/255"' : 'must not be negative';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** The farthest that two images of 32×32×3 pixels in [0,1] can be apart: an `epsilon` beyond it is in another unit. */
const farthest: Record<Norm, number> = { linf: 1, l2: Math.sqrt(32 * 32 * 3) };

const pixelUnitKeys = ['epsilon', 'stepSize'];

/**
 * Finds an `epsilon` or `stepSize` given in 0..255 pixel values, in settings as they were sent or in one object of theirs;
 * and, among the settings of an attack, such `epsilons`.
 */
export function pixelUnitProblems(settings: Record<string, unknown>, path: string): Problem[] {
  const inner = Object.entries(settings).filter(([, value]) => isRecord(value));
  return [
    ...tooFar(settings, path),
    ...inner.flatMap(([key, value]) => tooFar(value as Record<string, unknown>, `${path}.${key}`)),
  ];
}

function tooFar(settings: Record<string, unknown>, path: string): Problem[] {
  const norm: Norm = settings.norm === 'linf' ? 'linf' : 'l2';
  const single = pixelUnitKeys.map((key) => ({ key, at: key, value: settings[key] }));
  const several = 'norm' in settings && Array.isArray(settings.epsilons) ? settings.epsilons : [];
  const listed = several.map((value, i) => ({ key: 'epsilon', at: `epsilons.${i}`, value }));
  return [...single, ...listed].flatMap(({ key, at, value: sent }) => {
    const value = pixelValue(sent);
    if (value === null || value <= farthest[norm]) return [];
    const message = `${key} is in [0,1] pixel units; ${value} is farther than two images can be apart in ${norm}`;
    return [{ path: `${path}.${at}`, message, suggest: () => `did you mean ${value}/255?` }];
  });
}
