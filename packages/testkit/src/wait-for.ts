import { setTimeout } from 'node:timers/promises';

/** Asks until the answer is truthy and returns it. @throws Error after `deadlineMs`, with the last failure as cause */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  deadlineMs = 10_000,
): Promise<Exclude<Awaited<T>, undefined | null | false | 0 | ''>> {
  const deadline = Date.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer) return answer as Exclude<Awaited<T>, undefined | null | false | 0 | ''>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`Not so after ${deadlineMs} ms: ${condition}`, { cause });
    await setTimeout(25);
  }
}
