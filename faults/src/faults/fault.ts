import type { Cluster } from '../cluster.js';
import type { Random } from '../random.js';
import type { Spoilt } from './spoilt.js';

/** What is hurt: two faults of one target follow each other, those of others may overlap. */
export type Target =
  | 'api'
  | 'worker'
  | 'workers'
  | 'redis'
  | 'postgres'
  | 's3'
  | 'queue'
  | 'blobs'
  | 'disk'
  | 'connections'
  | 'clients';

export interface FaultContext {
  cluster: Cluster;
  worker: number;
  random: Random;
  spoilt: Spoilt;
  note(remark: string): void;
  /** Ends it early, with everything as it was. */
  signal: AbortSignal;
}

export interface Fault {
  target: Target;
  /** Resolves when everything is again as it was. */
  strike(context: FaultContext): Promise<void>;
}

export const outageMs = 30_000;
