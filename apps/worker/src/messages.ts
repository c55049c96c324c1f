import type { JobProgress, SpeedProbe } from '@toogit/catalogue';
import type { SerializedError } from '@toogit/core';
import type { Checkpoint, Claim, JobSuccess } from '@toogit/runs';
import type { ComputeSettings } from './compute-settings.js';
import type { EngineFacts } from './engine-on-demand.js';

/** Messages between a worker's parent and its compute child over Node's IPC channel. One job at a time. */
export type ToChild =
  | { type: 'start'; settings: ComputeSettings }
  /** Start the engine now, not when the first job needs it; the answer is `prepared` or `unusable`. */
  | { type: 'prepare' }
  /** Time the engine while there is no job; the answer is `probed`. */
  | { type: 'probe' }
  | { type: 'run'; job: Claim }
  /** Save a checkpoint at the next boundary and stop, or finish if the job keeps none. */
  | { type: 'yield' }
  /** Stop the running job at its next step; the answer is `finished` with `aborted`. */
  | { type: 'abort' };

export type FromChild =
  /** Sent every second: the event loop turns. */
  | { type: 'alive' }
  | { type: 'prepared'; engine: EngineFacts }
  | { type: 'unusable'; error: CodedError }
  /** null: a job came meanwhile, or the engine failed at it. */
  | { type: 'probed'; probe: SpeedProbe | null }
  | { type: 'progress'; progress: JobProgress }
  /** The checkpoint's bytes are in the store. */
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  /** `holds`: digests of what stays on the device. */
  | { type: 'finished'; outcome: Outcome; holds: string[] };

export type CodedError = SerializedError & { digest?: string };

/** What became of a job in the child. */
export type Outcome =
  | { state: 'succeeded'; success: JobSuccess }
  | {
      state: 'failed';
      error: CodedError;
      /** Blobs of the inputs that are missing or corrupt: whoever made them must run again. */
      lostBlobs: string[];
      /** null if the process died before it reported it. */
      peakRssBytes: number | null;
      /** The last lines that the process wrote, added by the parent. */
      logTail?: string;
    }
  | { state: 'aborted' };
