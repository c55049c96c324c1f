import type { Contact, ReadyJob, Runs } from '@toogit/runs';
import type { SweepOptions } from './dispatch.js';
import { watchContact } from './watch-contact.js';

/** Advisory lock number of the sweep: `toog` in ASCII. */
const sweepLock = 0x746f6f67;
const batch = 500;
const weekMs = 7 * 24 * 3_600_000;
/** More notifications than that wait for the next sweep: they wake idle workers, and busy ones look by themselves. */
const mostAtOnce = 2_000;

/**
 * Repairs whatever pushing at once has missed: silent attempts, a crash between commit and push, a queue that lost its
 * data. Sweeps follow each other after a pause and never overlap; the returned function ends them.
 */
export function startSweep(
  runs: Runs,
  push: (jobs: ReadyJob[]) => Promise<void>,
  options: SweepOptions,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const contact = watchContact(runs, options.leaseMs);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();

  const cycle = async () => {
    await runs.exclusively(sweepLock, () => sweep(runs, push, options, contact.current())).catch(onError);
    if (!stopped) schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => {
      current = cycle();
    }, options.intervalMs);
  };
  current = cycle();

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await Promise.all([current, contact.stop()]);
  };
}

async function sweep(
  runs: Runs,
  push: (jobs: ReadyJob[]) => Promise<void>,
  { leaseMs, repushMs = 30_000, maxJobMs = weekMs }: SweepOptions,
  contact: Contact | null,
): Promise<void> {
  if (contact !== null) await push(await runs.expireLeases(leaseMs, contact));
  await runs.endOverdue(maxJobMs);
  for (let pushed = 0; pushed < mostAtOnce; pushed += batch) {
    const jobs = await runs.takeReady({ limit: batch, notPushedForMs: repushMs });
    await push(jobs);
    if (jobs.length < batch) break;
  }
  await runs.preempt();
}
