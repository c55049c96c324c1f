import { typedNumber } from '@toogit/core';
import { z } from 'zod';

const asFraction = /^-?\d+(?:\.\d+)?\s*\/\s*\d+(?:\.\d+)?$/;

/** The number that `0.031` or `"8/255"` stands for; null if it is neither. */
export function pixelValue(value: unknown): number | null {
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

export const positiveDistance = pixelDistance.refine((value) => value > 0, {
  error: 'must be greater than 0',
});
