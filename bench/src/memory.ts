import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contestant } from './contestant.js';
import { inScratchDirectory, startOurs } from './contestants.js';
import { defaults, type Task, tasks } from './tasks.js';

interface Sample {
  steps: number;
  tensors: number;
  rssBytes: number;
}

const settings = { batchSize: 64, width: 0.25 };
const stepsBetweenSamples = 100;
const samplesTaken = 10;

/** Tensors and resident memory over 1,000 steps of each task, after 100 that don't count. */
export async function memory({ json }: { json: boolean }): Promise<void> {
  const rows = [];
  for (const task of tasks) {
    const samples = await sample(task);
    const [first, last] = [samples[0], samples.at(-1)] as [Sample, Sample];
    rows.push({
      task,
      steps: last.steps,
      tensorsGrown: last.tensors - first.tensors,
      rssGrownBytes: last.rssBytes - first.rssBytes,
      samples,
    });
    const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    process.stderr.write(
      `${task}: ${last.steps} steps, tensors ${first.tensors} to ${last.tensors}, RSS ${mebibytes(first.rssBytes)} to ${mebibytes(last.rssBytes)}\n`,
    );
  }
  if (json) process.stdout.write(`${JSON.stringify({ name: 'memory', rows })}\n`);
}

async function sample(task: Task): Promise<Sample[]> {
  const samples: Sample[] = [];
  await inScratchDirectory(async (directory) => {
    await writeFile(join(directory, 'settings.json'), JSON.stringify({ ...defaults[task], ...settings }));
    const ours = await startOurs(task, 2, directory);
    await ours.run(stepsBetweenSamples);
    samples.push(await read(ours, 0));
    for (let taken = 1; taken <= samplesTaken; taken++) {
      await ours.run(stepsBetweenSamples);
      samples.push(await read(ours, taken * stepsBetweenSamples));
    }
    await ours.close();
  });
  return samples;
}

async function read(ours: Contestant, steps: number): Promise<Sample> {
  return { steps, ...((await ours.ask({ memory: true })) as Omit<Sample, 'steps'>) };
}
