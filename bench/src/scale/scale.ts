import { inScratchDirectory } from '../contestants.js';
import { type QueueServices, startQueueServices } from '../queue/services.js';
import { median, range } from '../statistics.js';
import { ComputingWorkers } from './computing.js';
import { type SleepingRow, sleeping } from './sleeping.js';
import { twoProcesses } from './two-processes.js';

export interface ScaleOptions {
  json: boolean;
  workers: string;
  jobs: string;
  sleepMs: string;
  rounds: string;
  blocks: string;
  blockSize: string;
}

const note = (line: string) => process.stderr.write(`${line}\n`);

/** What more workers bring: on jobs that only take time, and on blocks of a real attack. */
export async function scale(options: ScaleOptions): Promise<void> {
  const services = await startQueueServices();
  try {
    const rows: SleepingRow[] = [];
    for (const workers of options.workers.split(',').map(Number)) {
      const row = await sleeping(services, workers, Number(options.jobs), Number(options.sleepMs));
      rows.push(row);
      note(
        `${row.workers} workers in ${row.processes} processes, ${row.jobs} jobs of ${options.sleepMs} ms: ${row.seconds.toFixed(2)} s, efficiency ${row.efficiency.toFixed(3)}`,
      );
    }
    const speedup = await computing(services, options);
    const most = rows.at(-1);
    if (options.json) {
      const efficiency = { workers: most?.workers, efficiency: most?.efficiency, rows };
      process.stdout.write(`${JSON.stringify({ name: 'scale', ...efficiency, speedup })}\n`);
    }
  } finally {
    await services.stop();
  }
}

/** One worker and two take turns on equal attacks; null without rounds. */
async function computing(services: QueueServices, options: ScaleOptions) {
  const [rounds, blocks, blockSize] = [options.rounds, options.blocks, options.blockSize].map(Number) as [
    number,
    number,
    number,
  ];
  if (rounds === 0) return null;
  const ratios: number[] = [];
  const ceilings: number[] = [];
  await inScratchDirectory(async (directory) => {
    const workers = new ComputingWorkers(services, directory, Math.max(blocks, 8) * blockSize);
    try {
      await workers.start();
      await workers.prepare();
      for (let round = 1; round <= rounds; round++) {
        // Each has the network on its device and its steps compiled before it counts.
        await workers.attack(2, blockSize);
        const one = await workers.attack(blocks, blockSize);
        await workers.start();
        await workers.attack(8, blockSize);
        const two = await workers.attack(blocks, blockSize);
        await workers.stop();
        ratios.push(one / two);
        ceilings.push(await twoProcesses(directory, blockSize));
        note(
          `  round ${round}/${rounds}: one worker ${one.toFixed(1)} s, two ${two.toFixed(1)} s, ${(one / two).toFixed(2)} times; bare processes ${ceilings.at(-1)?.toFixed(2)} times`,
        );
      }
    } finally {
      await workers.close();
    }
  });
  const bare = { twoProcesses: median(ceilings), spread: range(ceilings) };
  return { twoWorkers: median(ratios), spread: range(ratios), bare };
}
