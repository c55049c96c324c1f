import { ToogitError } from '@toogit/core';
import { maxSteps, maxValues } from './limits.js';
import { isRecord, property } from './problems.js';

/**
 * Every point of the matrix is checked, resolved and planned for itself, so it is all of them together that are limited.
 *
 * @throws ToogitError SPEC_TOO_LARGE
 */
export function refuseTooLarge(spec: Record<string, unknown>, points: number): void {
  const steps = property(spec, 'steps');
  const total = (isRecord(steps) ? Object.keys(steps).length : 1) * points;
  if (total > maxSteps) {
    throw new ToogitError(
      'SPEC_TOO_LARGE',
      `${total} steps over all points are more than the ${maxSteps} allowed`,
    );
  }
  const allowed = Math.floor(maxValues / points);
  const { matrix: _, ...perPoint } = spec;
  if (countValues(perPoint, allowed) > allowed) {
    throw new ToogitError('SPEC_TOO_LARGE', `more than ${maxValues} values over all points`);
  }
}

/** Stops beyond `enough`: aliases of YAML make a small text a large value. */
function countValues(value: unknown, enough: number): number {
  const left = [value];
  let count = 0;
  while (left.length > 0 && count <= enough) {
    const next = left.pop();
    count++;
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) left.push(inner);
  }
  return count;
}
