import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { noOpExperiment } from '../queue/no-op.js';
import type { QueueServices } from '../queue/services.js';
import { ended } from './ended.js';
import type { Crew } from './sleeping-workers.js';

export interface SleepingRow {
  workers: number;
  processes: number;
  jobs: number;
  /** From the POST of all jobs to the last result, after a first job of each worker. */
  seconds: number;
  /** Seconds that the jobs slept, divided by what all workers had. */
  efficiency: number;
}

/** Workers of one process: each has a name, a consumer and a slot of its own; a process for each would need 7 GB. */
const workersOfProcess = 8;

/** So many workers on jobs that sleep, each worker the same number. */
export async function sleeping(
  services: QueueServices,
  workers: number,
  jobsEach: number,
  sleepMs: number,
): Promise<SleepingRow> {
  const processes = Math.ceil(workers / workersOfProcess);
  const crews = await Promise.all(
    Array.from({ length: processes }, (_, i) => {
      const names = Array.from(
        { length: Math.min(workersOfProcess, workers - i * workersOfProcess) },
        (_, j) => `sleeper-${i}-${j}`,
      );
      return startCrew({ ...services, names, sleepMs });
    }),
  );
  try {
    // A worker runs for days. What its first job costs besides (connections, plans of the first claims) is left out.
    await carriedOut(services, workers);
    const jobs = workers * jobsEach;
    const seconds = await carriedOut(services, jobs);
    return { workers, processes, jobs, seconds, efficiency: (jobsEach * sleepMs) / 1000 / seconds };
  } finally {
    await Promise.all(crews.map(stopCrew));
  }
}

/** Seconds from the POST of so many jobs to the last result. */
async function carriedOut(services: QueueServices, jobs: number): Promise<number> {
  const startedAt = performance.now();
  const { experiment, ready } = await services.runs.createExperiment(noOpExperiment(jobs));
  await services.dispatcher.push(ready);
  await ended(services, experiment.id);
  return (performance.now() - startedAt) / 1000;
}

async function startCrew({ databaseUrl, connection, names, sleepMs }: Crew): Promise<ChildProcess> {
  const child = fork(new URL('./sleeping-workers.js', import.meta.url));
  child.send({ databaseUrl, connection, names, sleepMs } satisfies Crew);
  await once(child, 'message');
  return child;
}

async function stopCrew(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.send('stop');
  await exited;
}
