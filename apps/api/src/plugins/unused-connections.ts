import type { Socket } from 'node:net';
import fp from 'fastify-plugin';

/**
 * Connections that clients opened ahead of a request that never came. Node doesn't count them as idle, so each would
 * hold up the end of the server for a minute.
 */
export const unusedConnections = fp(async (app) => {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', (request) => unused.delete(request.socket));
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy();
  });
});
