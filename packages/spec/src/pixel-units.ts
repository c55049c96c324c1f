import {
  type DatasetName,
  datasets,
  imageShapeOf,
  type Norm,
  type Problem,
  pixelValue,
} from '@toogit/catalogue';
import { isRecord } from './problems.js';

/** The farthest that two images with pixels in [0,1] can be apart: an `epsilon` beyond it is in another unit. */
const farthest = (norm: Norm, dimensions: number) => (norm === 'linf' ? 1 : Math.sqrt(dimensions));

/** Pixels times channels of the largest images that any of these settings, as they were sent, names; CIFAR-10's where none does. */
export function imageDimensions(settings: unknown[]): number {
  const named = settings.flatMap((each) => {
    const { dataset, imageSize } = isRecord(each) ? each : {};
    if (typeof dataset !== 'string' || !Object.hasOwn(datasets, dataset)) return [];
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
