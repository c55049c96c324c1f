import type { ResourceClass } from '@toogit/catalogue';
import type { ReadyJob } from '@toogit/runs';

/** Where BullMQ keeps its queues: Redis, or (embedded) tables in the same Postgres. */
export type QueueConnection =
  | {
      driver: 'redis';
      url: string /** Whether a Redis without an append-only file is accepted. */;
      allowVolatile?: boolean;
    }
  | { driver: 'postgres'; url: string };

/** What travels: only which job is ready; the truth stays in Postgres. */
export interface Delivery {
  jobKey: string;
  attempt: number;
}

export interface SweepOptions {
  intervalMs: number;
  /** Attempts silent for longer are expired. */
  leaseMs: number;
  /** Jobs still ready so long after a push are pushed again: the queue may have lost them. 30 s by default. */
  repushMs?: number;
  /** Attempts that run for longer end, and their jobs fail; a week unless given. */
  maxJobMs?: number;
}

/** The producing side: pushes ready jobs at once, and sweeps for those that were missed. */
export interface Dispatcher {
  push(jobs: ReadyJob[]): Promise<void>;
  /** Starts the periodic sweep (expired leases, ready jobs never pushed or lost by the queue); one process at a time by advisory lock. */
  startSweep(options: SweepOptions): void;
  check(): Promise<void>;
  /** Within four seconds, whatever is away. */
  close(): Promise<void>;
}

/** The consuming side: calls `process` for each delivery; when it resolves, the delivery is done, whatever became of the job. */
export interface Consumer {
  /** Takes no more deliveries, and waits for those in hand, for two seconds at most. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  resources: ResourceClass[];
  /** Deliveries in hand at once, of each resource class. */
  concurrency: number;
  process(delivery: Delivery): Promise<void>;
  /** A delivery whose consumer has been silent for so long goes to another one. 30 s by default. */
  lockMs?: number;
  /** Told of a lost connection (it is made anew) and of what `process` threw. */
  onError?(error: unknown): void;
}
