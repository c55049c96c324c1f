import pTimeout from 'p-timeout';

interface Closer {
  name: string;
  close(): Promise<unknown>;
  limitMs: number;
}

const usualLimitMs = 3_000;

/**
 * What must be closed, last opened first. One that fails, or has not closed within its limit, keeps nothing else open:
 * closing everything ends within the sum of the limits.
 */
export class Closers {
  readonly #stack: Closer[] = [];
  #closing: Promise<void> | null = null;

  add(name: string, close: () => Promise<unknown>, limitMs = usualLimitMs): void {
    this.#stack.push({ name, close, limitMs });
  }

  /** Called again while closing, it waits for the same end. @throws AggregateError of what failed or was late */
  closeAll(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (let closer = this.#stack.pop(); closer !== undefined; closer = this.#stack.pop()) {
      const { name, close, limitMs } = closer;
      const late = new Error(`${name}: not closed within ${limitMs / 1000} s`);
      // An `async` function, so that what `close` throws at once is among the errors, too.
      const closed = pTimeout((async () => close())(), { milliseconds: limitMs, message: late });
      await closed.catch((error) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, messageOf(errors));
  }
}

function messageOf(errors: unknown[]): string {
  const reasons = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  return `Not everything could be closed: ${reasons.join('; ')}.`;
}
