import { type DatasetName, datasetImages, imageShapeOf, type Norm } from '@toogit/catalogue';
import { typedNumber } from '@toogit/core';
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

/** The farthest that two images with pixels in [0,1] can be apart: an `epsilon` beyond it is in another unit. */
const farthest = (norm: Norm, dimensions: number) => (norm === 'linf' ? 1 : Math.sqrt(dimensions));

/** Pixels times channels of the largest images that any of these settings, as they were sent, names; CIFAR-10's where none does. */
export function imageDimensions(settings: unknown[]): number {
  const named = settings.flatMap((each) => {
    const { dataset, imageSize } = isRecord(each) ? each : {};
    if (typeof dataset !== 'string' || !Object.hasOwn(datasetImages, dataset)) return [];
    const size = typeof imageSize === 'number' ? imageSize : null;
    return [imageShapeOf(dataset as DatasetName, size).reduce((product, n) => product * n, 1)];
  });
  return Math.max(...(named.length > 0 ? named : [32 * 32 * 3]));
}

const pixelUnitKeys = ['epsilon', 'stepSize'];

/**
 * Finds an `epsilon` or `stepSize` given in 0..255 pixel values, in settings as they were sent or in one object of theirs;
 * and, among the settings of an attack, such `epsilons`.
 */
export function pixelUnitProblems(
  settings: Record<string, unknown>,
  path: string,
  dimensions: number,
): Problem[] {
  const inner = Object.entries(settings).filter(([, value]) => isRecord(value));
  return [
    ...tooFar(settings, path, dimensions),
    ...inner.flatMap(([key, value]) =>
      tooFar(value as Record<string, unknown>, `${path}.${key}`, dimensions),
    ),
  ];
}

function tooFar(settings: Record<string, unknown>, path: string, dimensions: number): Problem[] {
  const norm: Norm = settings.norm === 'linf' ? 'linf' : 'l2';
  const single = pixelUnitKeys.map((key) => ({ key, at: key, value: settings[key] }));
  const several = 'norm' in settings && Array.isArray(settings.epsilons) ? settings.epsilons : [];
  const listed = several.map((value, i) => ({ key: 'epsilon', at: `epsilons.${i}`, value }));
  return [...single, ...listed].flatMap(({ key, at, value: sent }) => {
    const value = pixelValue(sent);
    if (value === null || value <= farthest(norm, dimensions)) return [];
    const message = `${key} is in [0,1] pixel units; ${value} is farther than two images can be apart in ${norm}`;
    return [{ path: `${path}.${at}`, message, suggest: () => `did you mean ${value}/255?` }];
  });
}
