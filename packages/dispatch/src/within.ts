import { ToogitError } from '@toogit/errors';

/** The answer of the queue, or QUEUE_UNAVAILABLE. BullMQ waits for ever for a server that is gone. */
export async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([answer, timeout]);
  } catch (error) {
    if (error instanceof ToogitError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ToogitError('QUEUE_UNAVAILABLE', `The queue does not answer: ${message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
