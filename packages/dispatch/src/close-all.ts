import pTimeout from 'p-timeout';

const closeMs = 2_000;

/**
 * Closes BullMQ's queues or workers. It closes a broken connection by asking the server, and waits for ever: then the
 * connection is left to the end of the process. Nothing is lost: a delivery that was in hand goes to another one.
 */
export async function closeAll(closed: Promise<unknown>[], onError: (error: unknown) => void): Promise<void> {
  const message = new Error(`The queue has not closed its connection within ${closeMs} ms; left open.`);
  await Promise.all(closed.map((each) => pTimeout(each, { milliseconds: closeMs, message }).catch(onError)));
}
