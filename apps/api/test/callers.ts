import type { KeyScope } from '@toogit/runs';
import type { TestService } from './service.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Makes a key, and a function that calls the API with it. */
export async function caller(
  service: TestService,
  { scope, projectId, ...more }: { scope: KeyScope; projectId: string | null; requestsPerMinute?: number },
) {
  const { apiKey, key } = await service.runs.access.createKey({
    ...{ name: `${scope} of ${projectId}`, scope, projectId, expiresAt: null, requestsPerMinute: null },
    ...more,
  });
  return { apiKey, id: key.id, call: callWith(service, { authorization: `Bearer ${apiKey}` }) };
}

export function callWith({ api }: TestService, headers: Record<string, string>) {
  return (method: Method, url: string, payload?: object | string, more: Record<string, string> = {}) =>
    api.inject({
      ...{ method, url, headers: { ...headers, ...more } },
      ...(payload === undefined ? {} : { payload }),
    });
}

/** The part of `tgt_<id>_<secret>` that nobody may see; it may hold `_` and begin with anything. */
export const secretOf = (apiKey: string) => apiKey.split('_').slice(2).join('_');

export const noLimits = {
  maxRunningExperiments: null,
  maxOpenJobs: null,
  maxStoredBytes: null,
  maxRunningJobs: null,
  maxStartsPerMinute: null,
  maxJobDurationMs: null,
  share: 1,
};
