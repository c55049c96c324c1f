import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import { ToogitError } from '@toogit/core';
import { type KeyScope, keyScopes, type ProjectRuns } from '@toogit/runs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { KeyedStreams } from '../keyed-streams.js';
import type { RouteAccess } from '../route-access.js';
import type { Services } from '../services.js';
import { refuseForeignOrigin } from './local-origin.js';

/** Who may call. `open`: whoever is on this machine, without a key. `keys`: whoever has a valid API key. */
export type AccessMode = { mode: 'open' } | { mode: 'keys' };

/** Who calls. */
export interface Principal {
  keyId: string | null;
  /** null: an administrator of all projects, who sees the experiments of none. */
  projectId: string | null;
  scope: KeyScope;
  /** null: as every key. */
  requestsPerMinute: number | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
    /** Experiments as the caller's project sees them: for routes whose access is a project's. */
    readonly runs: ProjectRuns;
    /** The caller's project, for the same routes. */
    readonly project: string;
    /** Counts the request as so many more against the rate limit of its key; the next one may be refused by it. */
    charge(requests: number): void;
  }
}

export interface AccessOptions {
  services: Services;
  access: AccessMode;
  corsOrigins: readonly string[];
  requestsPerMinute: number;
  /** How often the keys of open streams are checked again. */
  streamRecheckMs: number;
}

const localUser: Principal = { keyId: null, projectId: 'default', scope: 'admin', requestsPerMinute: null };
const minuteMs = 60_000;
/** Requests of one address that show no key met here before: each may cost a read of the database. */
const unknownPerMinute = 120;

/** Before any route: who is it, may they, and not too often. */
export const access = fp<AccessOptions>(
  async (app, { services, access: { mode }, corsOrigins, requestsPerMinute, streamRecheckMs }) => {
    const verify = (apiKey: string) => services.runs.access.verifyKey(apiKey);
    // Digests of keys that were valid when shown last. They only decide who counts against an address' limit.
    const met = new Set<string>();
    const streams = new KeyedStreams(verify, streamRecheckMs);
    app.addHook('onClose', async () => streams.close());
    await app.register(rateLimit, { global: false });
    const perKey = app.createRateLimit({
      timeWindow: minuteMs,
      max: (request) => request.principal?.requestsPerMinute ?? requestsPerMinute,
      keyGenerator: (request) => request.principal?.keyId ?? '',
    });
    const perAddress = app.createRateLimit({
      timeWindow: minuteMs,
      max: unknownPerMinute,
      keyGenerator: ({ ip }) => ip,
    });

    app.decorateRequest('principal', null);
    app.decorateRequest('project', {
      getter(this: FastifyRequest) {
        const project = this.principal?.projectId ?? null;
        if (project !== null) return project;
        throw new Error(
          `${this.routeOptions.url} reads a project's experiments; its access must be one to a project`,
        );
      },
    });
    app.decorateRequest('runs', {
      getter(this: FastifyRequest) {
        return services.runs.inProject(this.project);
      },
    });
    app.decorateRequest('charge', function (this: FastifyRequest, requests: number) {
      if ((this.principal?.keyId ?? null) === null) return;
      for (let i = 0; i < requests; i++) void perKey(this);
    });

    app.addHook('onRequest', authorize);
    app.addHook('onSend', async (request, reply, payload) => {
      const apiKey = request.principal?.keyId ? apiKeyOf(request) : null;
      if (apiKey !== null && payload instanceof Readable) streams.add(apiKey, reply.raw);
    });

    async function authorize(request: FastifyRequest, reply: FastifyReply) {
      const needed = accessOf(request);
      if (mode === 'open') {
        refuseForeignOrigin(request, corsOrigins);
        request.principal = localUser;
        return;
      }
      if (needed === 'public') return;
      const apiKey = apiKeyOf(request);
      if (apiKey === null || !met.has(digestOf(apiKey))) refuseExceeded(await perAddress(request), reply);
      request.principal = await identify(request, apiKey, reply);
      if (request.principal.keyId !== null) refuseExceeded(await perKey(request), reply);
      refuseUnentitled(request.principal, needed);
    }

    async function identify(
      request: FastifyRequest,
      apiKey: string | null,
      reply: FastifyReply,
    ): Promise<Principal> {
      reply.header('www-authenticate', `${isForBrowsers(request) ? 'Basic' : 'Bearer'} realm="toogit"`);
      if (apiKey === null) throw new ToogitError('UNAUTHENTICATED', 'The request carries no API key.');
      const digest = digestOf(apiKey);
      // Its other requests under way count by the key all the while.
      const { id, projectId, scope, requestsPerMinute } = await verify(apiKey).catch((error: unknown) => {
        met.delete(digest);
        throw error;
      });
      met.add(digest);
      reply.removeHeader('www-authenticate');
      return { keyId: id, projectId, scope, requestsPerMinute };
    }
  },
  { name: 'access' },
);

/** An unknown route is nobody's secret: it answers 404 to all. */
function accessOf({ is404, routeOptions }: FastifyRequest): RouteAccess {
  if (is404) return 'public';
  const { access } = routeOptions.config;
  if (access === undefined) throw new Error(`${routeOptions.url} declares no access`);
  return access;
}

/** Pages that only read, where a browser prompts for the key itself. */
function isForBrowsers({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith('/admin/') ?? false;
}

/** A bearer token. For pages also the password of Basic; elsewhere a browser would send that along to forged requests. */
function apiKeyOf(request: FastifyRequest): string | null {
  const [, scheme, value = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (scheme?.toLowerCase() === 'bearer') return value;
  if (scheme === undefined || !isForBrowsers(request)) return null;
  return Buffer.from(value, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
}

function refuseUnentitled({ scope, projectId }: Principal, needed: Exclude<RouteAccess, 'public'>): void {
  if (keyScopes.indexOf(scope) < keyScopes.indexOf(needed.scope)) {
    throw new ToogitError(
      'FORBIDDEN',
      `This needs a key with the scope ${needed.scope}; this one has ${scope}.`,
    );
  }
  if (needed.keys === 'project' && projectId === null) {
    throw new ToogitError('FORBIDDEN', 'This key belongs to no project, so it sees no experiments.');
  }
  if (needed.keys === 'installation' && projectId !== null) {
    throw new ToogitError(
      'FORBIDDEN',
      'This concerns all projects and needs an admin key that belongs to no project.',
    );
  }
}

function digestOf(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('base64');
}

type RateLimit = { isAllowed: true } | { isAllowed: false; isExceeded: boolean; ttlInSeconds: number };

function refuseExceeded(limit: RateLimit, reply: FastifyReply): void {
  if (limit.isAllowed || !limit.isExceeded) return;
  reply.header('retry-after', Math.max(1, limit.ttlInSeconds));
  throw new ToogitError('RATE_LIMITED', `Too many requests; go on in ${limit.ttlInSeconds} s.`);
}
