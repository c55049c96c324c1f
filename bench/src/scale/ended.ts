import type { QueueServices } from '../queue/services.js';

/** Waits until an experiment has succeeded; queries only when notified of a change, so that queries take no time from workers. */
export async function ended({ runs }: QueueServices, id: string): Promise<void> {
  let wake = () => {};
  const stopListening = await runs.subscribe((event) => {
    if (event.type === 'experiment' && event.experimentId === id) wake();
  });
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const { state, jobs } = await runs.getExperiment(id);
      if (state === 'succeeded') return;
      if (state !== 'running') throw new Error(`the experiment is ${state}: ${JSON.stringify(jobs)}`);
      await changed;
    }
  } finally {
    await stopListening();
  }
}
