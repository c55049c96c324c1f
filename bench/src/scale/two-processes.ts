import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contestant } from '../contestant.js';
import { startOurs } from '../contestants.js';
import { defaults } from '../tasks.js';

const steps = 160;

/**
 * How much more two single-thread processes compute than one on this machine: steps of the same attack by the engine
 * alone, with no service around it. What cores share (cache, memory, clock) is lost to workers too.
 */
export async function twoProcesses(scratch: string, batchSize: number): Promise<number> {
  const directory = join(scratch, 'bare');
  await mkdir(directory, { recursive: true });
  const settings = { ...defaults.attack, batchSize, width: 0.25 };
  await writeFile(join(directory, 'settings.json'), JSON.stringify(settings));
  const processes: Contestant[] = [];
  try {
    for (let i = 0; i < 2; i++) processes.push(await startOurs('attack', 1, directory));
    const [first, second] = processes as [Contestant, Contestant];
    // The first run of each compiles.
    await first.run(steps);
    await second.run(steps);
    const alone = await first.run(steps);
    const together = await Promise.all([first.run(steps), second.run(steps)]);
    return (2 * alone.wallMs) / Math.max(...together.map(({ wallMs }) => wallMs));
  } finally {
    for (const each of processes) await each.close();
  }
}
