import type { Metric } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';

/** @throws VALUE_NOT_FINITE: JSON has no such number, and none is a measurement */
export function requireFiniteMetric(metric: Metric): void {
  const of = metric.step === null ? metric.name : `${metric.name} at step ${metric.step}`;
  requireFinite(metric, `Metric ${of}`);
}

/** @throws VALUE_NOT_FINITE naming the first such number of a result */
export function requireFinite(value: unknown, what: string): void {
  const found = notFinite(value, []);
  if (found === null) return;
  const { path, number } = found;
  throw new ToogitError('VALUE_NOT_FINITE', `${what} is not finite: ${path.join('.')} is ${number}.`);
}

function notFinite(value: unknown, path: string[]): { path: string[]; number: number } | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : { path, number: value };
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const found = notFinite(child, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}
