import { Matrix, QrDecomposition } from 'ml-matrix';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import { at } from './expected-loss.js';
import type { SpectralGaussians } from './gaussians.js';

/** `count` independent standard normal numbers (Box–Muller over a Mersenne twister); the same for the same seed. */
export function standardNormals(count: number, seed: number): Float64Array {
  const generator = mersenne(seed);
  const normals = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    const angle = 2 * Math.PI * uniformFloat64(generator);
    normals[i] = radius * Math.cos(angle);
    if (i + 1 < count) normals[i + 1] = radius * Math.sin(angle);
  }
  return normals;
}

/** Rows of standard normal numbers, n × dimension, row-major. */
export interface NormalSample {
  n: number;
  dimension: number;
  values: Float64Array;
}

export function normalSample(n: number, dimension: number, seed: number): NormalSample {
  return { n, dimension, values: standardNormals(n * dimension, seed) };
}

/**
 * The sample scaled so that every column has second moment exactly 1: what is fitted to it then has no error from the
 * spread of the variances themselves.
 */
export function momentMatched({ n, dimension, values }: NormalSample): NormalSample {
  const moments = new Float64Array(dimension);
  values.forEach((value, i) => {
    moments[i % dimension] = at(moments, i % dimension) + value ** 2 / n;
  });
  return { n, dimension, values: values.map((value, i) => value / Math.sqrt(at(moments, i % dimension))) };
}

/**
 * A problem with eigenvalues spaced evenly in their logarithm, largest / smallest = `conditionNumber`, average 1, and a
 * mean of length `meanNorm` in a random direction.
 */
export function randomProblem(options: {
  dimension: number;
  conditionNumber: number;
  meanNorm: number;
  seed: number;
}): SpectralGaussians {
  const { dimension, conditionNumber, meanNorm, seed } = options;
  const raw = Float64Array.from({ length: dimension }, (_, i) => conditionNumber ** (i / (dimension - 1)));
  const average = raw.reduce((sum, value) => sum + value, 0) / dimension;
  const direction = standardNormals(dimension, seed);
  const scale = meanNorm / Math.hypot(...direction);
  return { variances: raw.map((value) => value / average), mean: direction.map((value) => value * scale) };
}

/** A rotation drawn at random: the orthogonal factor of a Gaussian matrix. */
export function randomRotation(dimension: number, seed: number): Matrix {
  const gaussian = Matrix.from1DArray(dimension, dimension, standardNormals(dimension * dimension, seed));
  return new QrDecomposition(gaussian).orthogonalMatrix;
}
