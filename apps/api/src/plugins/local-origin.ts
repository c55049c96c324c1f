import { ToogitError } from '@toogit/core';
import type { FastifyRequest } from 'fastify';

const localHosts = new Set(['localhost', '127.0.0.1', '[::1]']);
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Where no key is required, a page of another site must not reach the service through the browser of somebody who
 * runs it: neither under a name of its own that points here (DNS rebinding), nor by a form or script that sends.
 *
 * @throws ORIGIN_REFUSED
 */
export function refuseForeignOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  if (!localHosts.has(hostnameOf(request.headers.host))) {
    throw new ToogitError(
      'ORIGIN_REFUSED',
      'Without API keys only this machine is served, by its own names.',
    );
  }
  const { origin } = request.headers;
  if (safeMethods.has(request.method) || origin === undefined || allowed.includes(origin)) return;
  if (origin === `http://${request.headers.host}`) return;
  throw new ToogitError('ORIGIN_REFUSED', 'A page of another site may not change anything here.');
}

/** Without the port. */
function hostnameOf(host: string | undefined): string {
  return (host ?? '').toLowerCase().replace(/:\d+$/, '');
}
