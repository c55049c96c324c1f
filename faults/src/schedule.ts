import { below, fraction, oneOf, randomFrom } from './random.js';

export const faultKinds = [
  'kill-worker',
  'kill-compute-child',
  'kill-api-in-post',
  'pause-worker',
  'flush-redis',
  'restart-redis',
  'redis-gone',
  'restart-postgres',
  'postgres-gone',
  's3-refusing',
  's3-slow',
  's3-cutting',
  'deliver-twice',
  'flip-byte',
  'post-twenty-times',
  'postgres-gone-three-leases',
  'redis-gone-then-sigterm',
  'half-open',
  'postgres-silent',
  'redis-silent',
  's3-silent',
  'full-disk',
  'truncate-blob',
  'kill-worker-before-row',
  'lose-model',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How many workers there are to be hurt. */
export const workers = 4;
const faultsPerSeed = 6;
const first = 0.05;
const last = 0.85;

export interface Shot {
  /** When this fraction of the jobs is done. */
  doneFraction: number;
  fault: FaultKind;
  /** Which worker, where one is hurt. */
  worker: number;
  /** Seed of whatever else is left to chance. */
  seed: number;
}

/** What can't be done to a store that is no service. */
const ofS3: readonly FaultKind[] = ['s3-refusing', 's3-slow', 's3-cutting', 's3-silent'];

/** What a machine can do. */
export interface Possible {
  s3?: boolean;
  /** Whether the blobs have a file system of their own, to be filled. */
  disk?: boolean;
}

/** The kinds that a machine cannot do. */
export const leftOut = ({ s3 = true, disk = true }: Possible): FaultKind[] =>
  faultKinds.filter((kind) => (!s3 && ofS3.includes(kind)) || (!disk && kind === 'full-disk'));

/**
 * Follows from the seed alone (and from what the machine can do). One fault of a seed goes by turns, so that as many seeds in a row as there
 * are kinds have every kind; the others are drawn. No kind comes twice.
 */
export function scheduleOf(seed: number, possible: Possible = {}): Shot[] {
  const random = randomFrom(seed);
  const absent = leftOut(possible);
  const left = faultKinds.filter((kind) => !absent.includes(kind));
  const chosen = left.splice(seed % left.length, 1);
  while (chosen.length < faultsPerSeed) chosen.push(...left.splice(below(random, left.length), 1));
  return chosen
    .map((fault) => ({
      doneFraction: Math.round(1000 * (first + (last - first) * fraction(random))) / 1000,
      fault,
      worker: oneOf(
        random,
        Array.from({ length: workers }, (_, index) => index),
      ),
      seed: below(random, 2 ** 31),
    }))
    .sort((a, b) => a.doneFraction - b.doneFraction);
}
