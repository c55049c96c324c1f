import type { BulkJobOptions } from 'bullmq';
import type { Delivery } from './dispatch.js';

/** What we use of a BullMQ queue, whichever backend it is on. */
export interface DeliveryQueue {
  addBulk(jobs: { name: string; data: Delivery; opts: BulkJobOptions }[]): Promise<unknown>;
  getJobCounts(...types: 'waiting'[]): Promise<unknown>;
  waitUntilReady(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** What we use of a BullMQ worker. */
export interface DeliveryWorker {
  waitUntilReady(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(force?: boolean): Promise<void>;
}

export interface WorkerSettings {
  concurrency: number;
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
}

export interface QueueDriver {
  openQueue(name: string): DeliveryQueue;
  openWorker(
    name: string,
    process: (job: { data: Delivery }) => Promise<void>,
    settings: WorkerSettings,
  ): DeliveryWorker;
}
