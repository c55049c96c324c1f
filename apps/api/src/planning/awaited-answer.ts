import { Socket } from 'node:net';
import type { preHandlerAsyncHookHandler } from 'fastify';

/**
 * Before routes that plan: an answer may take longer than a socket may be silent elsewhere, since specs wait for each other.
 * The queue and the threads have limits of their own; the next request on the connection has the usual one again.
 */
export const awaitedAnswer: preHandlerAsyncHookHandler = async (request) => {
  const { socket } = request.raw;
  // An injected request has none.
  if (socket instanceof Socket) socket.setTimeout(0);
};
