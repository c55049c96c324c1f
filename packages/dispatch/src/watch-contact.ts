import type { Contact, Runs } from '@toogit/runs';

/** How often the database is reached, in parts of a lease. */
const every = 1 / 6;

/** Follows since when this process has had the database within reach. */
export function watchContact(
  runs: Pick<Runs, 'renewContact'>,
  leaseMs: number,
): { current(): Contact | null; stop(): Promise<void> } {
  let contact: Contact | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const renew = async () => {
    // While it is away nothing is recorded: the gap is the evidence of it later. The sweep reports the failure.
    contact = await runs.renewContact(leaseMs, contact).catch(() => contact);
    if (!stopped) schedule();
  };
  let current = renew();
  const schedule = () => {
    timer = setTimeout(() => {
      current = renew();
    }, every * leaseMs);
  };
  return {
    current: () => contact,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
