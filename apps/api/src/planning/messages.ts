import type { SerializedError } from '@toogit/core';
import type { PlanSummary } from '@toogit/planner';
import type { NewExperiment, ReadyJob } from '@toogit/runs';

/** A spec to plan for a project, and to store if there is a submission. */
export interface PlanningTask {
  project: string;
  text: string;
  submission: Pick<NewExperiment, 'idempotencyKey' | 'priority' | 'webhook' | 'traceParent'> | null;
}

export interface PlannedSpec extends PlanSummary {
  name: string;
  study: string | null;
  profile: string | null;
  specDigest: string;
}

export interface StoredExperiment {
  id: string;
  created: boolean;
  /** The experiment as JSON. A large one has 6 MB of job keys: the API's thread passes it on as bytes. */
  body: Uint8Array<ArrayBuffer>;
  /** As many as a push takes; the sweep pushes the rest. */
  ready: ReadyJob[];
}

export type PlanningResult = PlannedSpec | StoredExperiment;

/** What a planning thread posts: `planned` when it has computed, then one of the others when the task is over. */
export type PlanningMessage =
  | { type: 'planned'; jobs: number }
  | { type: 'done'; result: PlanningResult }
  | { type: 'failed'; error: SerializedError; stack: string };
