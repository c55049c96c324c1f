import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { RefusalCounts } from '../refusal-counts.js';
import type { Services } from '../services.js';

declare module 'fastify' {
  interface FastifyInstance {
    refusals: RefusalCounts;
  }
  interface FastifyRequest {
    /** What a request has made, where its path does not show it. */
    auditTarget: string | null;
  }
}

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

const flushMs = 10_000;

/**
 * A line for every request that has changed something, or may have, and for every refused authorisation of a valid key.
 * The answer waits for it: where the line can't be written, a success is not announced. Refused requests of strangers are
 * counted instead: the log is kept for ever, and anybody can send them.
 */
export const audit = fp<{ services: Services }>(
  async (app, { services: { runs } }) => {
    const refusals = new RefusalCounts((counts) => runs.access.recordRefusals(counts));
    const flush = () =>
      refusals.flush().catch((error) => app.log.warn({ err: error }, 'refusals not written'));
    const timer = setInterval(flush, flushMs).unref();
    app.addHook('onClose', async () => {
      clearInterval(timer);
      await flush();
    });
    app.decorate('refusals', refusals);
    app.decorateRequest('auditTarget', null);
    app.addHook('onSend', async (request, reply) => {
      const { statusCode } = reply;
      if (!concerns(request, statusCode)) return;
      const entry = entryOf(request, statusCode);
      if (request.principal === null) return refusals.add(refusalOf(entry));
      try {
        await runs.access.appendAudit(entry);
      } catch (error) {
        if (statusCode < 400) throw error;
        request.log.error({ err: error }, 'the audit log does not take this line');
      }
    });
  },
  { name: 'audit', dependencies: ['access'] },
);

function refusalOf({ address, status, keyId, action }: ReturnType<typeof entryOf>) {
  return { address, status, keyId, action };
}

function concerns({ method, is404, routeOptions }: FastifyRequest, status: number): boolean {
  if (status === 401 || status === 403) return true;
  const { access } = routeOptions.config;
  if (is404 || readOnly.has(method) || (typeof access === 'object' && access.scope === 'read')) return false;
  return status < 400 || status >= 500;
}

function entryOf(request: FastifyRequest, status: number) {
  const { principal, routeOptions, params, id: requestId, ip: address } = request;
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string };
  const [named] = Object.values((params ?? {}) as Record<string, string>);
  return {
    keyId: principal?.keyId ?? claimedKeyId(request),
    projectId: principal?.projectId ?? null,
    action: operationId ?? `${request.method} ${routeOptions.url ?? 'unknown'}`,
    target: printable(request.auditTarget ?? named ?? null),
    ...{ status, requestId, address },
  };
}

/** The id in a key that was refused: no secret, and no proof. */
function claimedKeyId({ headers }: FastifyRequest): string | null {
  return /^Bearer +tgt_([0-9a-f]{16})_/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** Postgres takes no null characters; nobody needs more than 200 others. */
function printable(target: string | null): string | null {
  return target?.replaceAll('\0', '\ufffd').slice(0, 200) ?? null;
}
