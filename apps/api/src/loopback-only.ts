import { ToogitError } from '@toogit/errors';
import type { FastifyRequest } from 'fastify';

/** Where no keys are kept, operators are those who sit at the machine. */
export function loopbackOnly(request: FastifyRequest): void {
  const { remoteAddress = '' } = request.socket;
  if (/^(::ffff:)?127\.|^::1$/.test(remoteAddress)) return;
  throw new ToogitError('NOT_FOUND', `There is no ${request.method} ${request.url.split('?')[0]}.`);
}
