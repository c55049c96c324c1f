import { z } from 'zod';
import type { JobKind } from './kinds.js';

/** How fast a machine computes: an eighth of a ResNet-9 on images of 32×32, in seconds. */
export const speedProbe = z.strictObject({
  /** One step of standard training on 128 images. */
  trainStepSeconds: z.number().positive(),
  /** One step of PGD on 250. */
  attackStepSeconds: z.number().positive(),
});
export type SpeedProbe = z.output<typeof speedProbe>;

/** A job that has succeeded, at the first attempt. */
export interface PastJob {
  kind: JobKind;
  /** What it was estimated to take (`JobEstimate`). */
  work: number;
  seconds: number;
}

/** What an installation has measured of the time that jobs take. */
export interface JobTimings {
  /** Of the workers that are there, else of the newest past job; null where there has been none. */
  device: string | null;
  /** The median of those workers' probes; null until one has been made. */
  probe: SpeedProbe | null;
  /** On that device, or on none; the newest ones of each kind. */
  past: PastJob[];
}

/** What the time of a kind of job is estimated from. */
export const estimateBases = ['measured', 'probe', 'nominal'] as const;
export type EstimateBasis = (typeof estimateBases)[number];
