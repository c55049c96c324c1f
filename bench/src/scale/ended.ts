import { setTimeout } from 'node:timers/promises';
import type { QueueServices } from '../queue/services.js';

/** Waits until an experiment has succeeded. */
export async function ended({ runs }: QueueServices, id: string): Promise<void> {
  for (;;) {
    const { state, jobs } = await runs.getExperiment(id);
    if (state === 'succeeded') return;
    if (state !== 'running') throw new Error(`the experiment is ${state}: ${JSON.stringify(jobs)}`);
    await setTimeout(20);
  }
}
