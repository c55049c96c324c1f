import { ToogitError } from '@toogit/core';
import pTimeout from 'p-timeout';

/** How long the queue may take to answer; a push that fails is made up for by the sweep. */
const answerTimeoutMs = 10_000;

/** The answer of the queue, or QUEUE_UNAVAILABLE. BullMQ waits for ever for a server that is gone. */
export async function queueAnswer<T>(answer: Promise<T>): Promise<T> {
  try {
    return await pTimeout(answer, {
      milliseconds: answerTimeoutMs,
      message: `no answer within ${answerTimeoutMs} ms`,
    });
  } catch (error) {
    if (error instanceof ToogitError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ToogitError('QUEUE_UNAVAILABLE', `The queue does not answer: ${message}`, { cause: error });
  }
}
