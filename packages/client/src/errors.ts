import { type ErrorDetail, errorRegistry, type SerializedError, ToogitError } from '@toogit/core';

/** The signal is given beside the request: one that only the request carries is lost when the request is collected. */
export type Fetch = (request: Request, signal?: AbortSignal) => Promise<Response>;

/**
 * `fetch` that throws API_UNREACHABLE when nothing answers at `url`. An abort stays what it is. The API key goes to the
 * service alone, to no other origin.
 */
export function reachable(url: string, apiKey?: string): Fetch {
  return async (request, signal) => {
    if (apiKey !== undefined && new URL(request.url).origin === new URL(url).origin) {
      request.headers.set('authorization', `Bearer ${apiKey}`);
    }
    try {
      return await fetch(request, signal ? { signal } : {});
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ToogitError('API_UNREACHABLE', `Nothing answers at ${url} (${reason(cause)}).`, { cause });
    }
  };
}

/** fetch wraps the socket's error: `ECONNREFUSED` is a better reason than `fetch failed`. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof AggregateError) return reason(error.cause.errors[0]);
  if (error.cause instanceof Error) return reason(error.cause);
  return 'code' in error ? String(error.code) : error.message;
}

/** The coded error in an answer that is not a success. `body` if it has been read already. */
export async function errorOf(response: Response, body?: unknown): Promise<ToogitError> {
  const read = body ?? (await response.json().catch(() => undefined));
  const error = (read as { error?: Partial<SerializedError & { requestId: string }> } | undefined)?.error;
  if (!error?.code || !error.message || !(error.code in errorRegistry)) {
    const gateway = [502, 503, 504].includes(response.status);
    const message = `The answer of ${new URL(response.url).origin} (status ${response.status}) is not Toogit's.`;
    return new ToogitError(gateway ? 'API_UNREACHABLE' : 'INTERNAL', message);
  }
  const details: ErrorDetail[] = error.details ?? [];
  const message = error.code === 'INTERNAL' ? `${error.message} Request ${error.requestId}.` : error.message;
  return new ToogitError(error.code, message, {
    ...(error.next ? { next: error.next } : {}),
    ...(details.length > 0 ? { details } : {}),
  });
}
