import { createHash } from 'node:crypto';

/**
 * Seed of a step's jobs: the first 31 bits of sha256(`<seed of the point>/<name of the step>`). So two trainings of one
 * experiment start from different weights, and a step keeps its seed whatever else the spec holds. Kinds without
 * randomness take seed 0, so that experiments with different seeds share them.
 */
export function jobSeed(pointSeed: number, stepName: string): number {
  return createHash('sha256').update(`${pointSeed}/${stepName}`).digest().readUInt32BE(0) >>> 1;
}
