import { setTimeout as delay } from 'node:timers/promises';
import type { Fetch } from './errors.js';

/** Longest that one request waits under a rate limit before the refusal is passed on. */
const longestWaitMs = 5 * 60_000;

/**
 * Waits where the service's rate limit refuses a request, for as long as its Retry-After names, and sends it again:
 * a refused request has done nothing. Other refusals with status 429, such as a quota, are passed on.
 */
export function patient(fetch: Fetch, maxWaitMs = longestWaitMs): Fetch {
  return async (request, signal) => {
    let waitedMs = 0;
    for (;;) {
      const response = await fetch(request.clone(), signal);
      const retryAfterMs = Number(response.headers.get('retry-after')) * 1_000;
      if (response.status !== 429 || !(retryAfterMs > 0) || waitedMs + retryAfterMs > maxWaitMs)
        return response;
      if ((await codeOf(response.clone())) !== 'RATE_LIMITED') return response;
      await response.body?.cancel();
      await delay(retryAfterMs, undefined, signal ? { signal } : {});
      waitedMs += retryAfterMs;
    }
  };
}

async function codeOf(response: Response): Promise<unknown> {
  const body = (await response.json().catch(() => undefined)) as { error?: { code?: unknown } } | undefined;
  return body?.error?.code;
}
