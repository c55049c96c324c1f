import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { jobKinds } from '@toogit/catalogue';
import { type QueueConnection, startDispatcher } from '@toogit/dispatch';
import { openRuns } from '@toogit/runs';
import { announce, startSlots } from '@toogit/worker';
import { pino } from 'pino';
import { noOpCompute } from '../queue/no-op.js';

/** The parent's first message. */
export interface Crew {
  databaseUrl: string;
  connection: QueueConnection;
  names: string[];
  sleepMs: number;
}

/** A process with several workers, each with a name, a consumer and a slot of its own, whose jobs sleep. */
process.once('message', async ({ databaseUrl, connection, names, sleepMs }: Crew) => {
  const runs = openRuns(databaseUrl);
  const dispatcher = await startDispatcher({ connection, runs });
  const log = pino({ level: 'warn' });
  const draining = new AbortController();
  const noOp = noOpCompute();
  const sleeping: typeof noOp = {
    run: async (...job) => {
      await setTimeout(sleepMs);
      return noOp.run(...job);
    },
  };
  const workers = await Promise.all(
    names.map(async (name) => {
      const kinds = { attack: jobKinds.attack.version };
      const facts = {
        release: '0',
        device: 'none',
        resources: ['tensor' as const],
        memoryBytes: 2 ** 30,
        kinds,
      };
      const worker = { name, instance: randomUUID(), ...facts };
      const presence = await announce(runs, worker, () => ({ holds: [] }), log);
      const slots = await startSlots(
        'tensor',
        [sleeping],
        worker,
        { runs, dispatcher, dispatchConnection: connection, log },
        { draining: draining.signal, stopping: new AbortController().signal },
      );
      return { close: () => slots.close().then(() => presence.close()) };
    }),
  );
  process.once('message', async () => {
    draining.abort();
    await Promise.all(workers.map((worker) => worker.close()));
    await dispatcher.close();
    await runs.close();
    process.disconnect();
  });
  process.send?.('ready');
});
