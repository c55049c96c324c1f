export interface Call<T, R> {
  input: T;
  resolve(answer: R): void;
  reject(error: unknown): void;
}

/**
 * Group commit: calls that come while others are being made wait for them, and are then made together. A call that
 * comes alone is made at once, so grouping costs nothing where there is nothing to group.
 */
export function grouped<T, R>(
  make: (calls: Call<T, R>[]) => Promise<void>,
  mostAtOnce = 256,
): (input: T) => Promise<R> {
  let waiting: Call<T, R>[] = [];
  let busy = false;
  const makeAll = async () => {
    busy = true;
    while (waiting.length > 0) {
      const calls = waiting.slice(0, mostAtOnce);
      waiting = waiting.slice(mostAtOnce);
      await make(calls).catch((error: unknown) => {
        for (const { reject } of calls) reject(error);
      });
    }
    busy = false;
  };
  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      // After this turn of the event loop: what it brings is one group already.
      if (!busy) {
        busy = true;
        setImmediate(makeAll);
      }
    });
}
