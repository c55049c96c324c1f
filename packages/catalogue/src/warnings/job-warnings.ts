import { type JobKind, kindOfJob } from '../kinds.js';
import type { Warning } from './warning.js';

/** A job as it is stored. An earlier version's may have other parameters, and another result. */
export interface StoredJob {
  kind: JobKind;
  params: unknown;
  /** Null until it has succeeded. */
  result: unknown;
}

/** What a job's settings miss, and what its result shows that it missed. Of an earlier version's job nothing. */
export const jobWarnings = ({ kind, params, result }: StoredJob): Warning[] =>
  kindOfJob(kind).jobWarnings?.(params, result) ?? [];
