import { median, range } from '../statistics.js';
import { bareQueue, type Load, throughService } from './contestants.js';
import { latency } from './latency.js';
import { startQueueServices } from './services.js';

export interface QueueBenchOptions {
  json: boolean;
  rounds: string;
  jobs: string;
  batch: string;
  concurrency: string;
  posts: string;
}

const note = (line: string) => process.stderr.write(`${line}\n`);

/** No-op jobs through the whole path against the same number through bare BullMQ, in turn. */
export async function queue(options: QueueBenchOptions): Promise<void> {
  const load: Load = {
    jobs: Number(options.jobs),
    batch: Number(options.batch),
    concurrency: Number(options.concurrency),
  };
  const services = await startQueueServices();
  try {
    const ours = await throughService(services, load.concurrency);
    const bare = await bareQueue(services, load.concurrency);
    const rates: { ours: number; bare: number }[] = [];
    for (let round = 0; round <= Number(options.rounds); round++) {
      const rate = async (contestant: typeof ours) => (1000 * load.jobs) / (await contestant.run(load));
      const speeds =
        round % 2 === 0
          ? { ours: await rate(ours), bare: await rate(bare) }
          : { bare: await rate(bare), ours: await rate(ours) };
      note(
        `  round ${round}: ours ${speeds.ours.toFixed(0)} jobs/s, bare ${speeds.bare.toFixed(0)}, ratio ${(speeds.ours / speeds.bare).toFixed(2)}`,
      );
      // The first round is not counted.
      if (round > 0) rates.push(speeds);
    }
    await ours.close();
    await bare.close();
    const ratios = rates.map((each) => each.ours / each.bare);
    const figures = {
      name: 'queue',
      ours: median(rates.map((each) => each.ours)),
      peer: median(rates.map((each) => each.bare)),
      ratio: median(ratios),
      spread: range(ratios),
      latency: await latency(services, Number(options.posts)),
    };
    note(
      `${figures.ours.toFixed(0)} jobs/s, bare ${figures.peer.toFixed(0)}, ratio ${figures.ratio.toFixed(2)} (${figures.spread.map((r) => r.toFixed(2)).join(' to ')})`,
    );
    note(
      `POST to start: median ${figures.latency.medianMs.toFixed(1)} ms, p99 ${figures.latency.p99Ms.toFixed(1)} ms`,
    );
    if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await services.stop();
  }
}
