import { ToogitError } from '@toogit/core';

/**
 * `fetch` that takes credentials in the URL and reports failures as our errors.
 * @throws ToogitError ENGINE_OFFLINE when no answer comes, ENGINE_INSTALL_FAILED when the answer is no success.
 */
export async function request(
  url: string,
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  const target = new URL(url);
  const headers = { ...init.headers };
  if (target.username) {
    const credentials = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    target.username = '';
    target.password = '';
  }
  let response: Response;
  try {
    response = await fetch(target, { ...init, headers });
  } catch (error) {
    init.signal?.throwIfAborted();
    throw offline(target, error);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new ToogitError(
    'ENGINE_INSTALL_FAILED',
    `${target.host} answered ${response.status} for ${target.pathname}`,
  );
}

/** No route, or a connection that broke; `host` only, since paths may hold what should not be logged. */
export function offline(url: URL, error: unknown): ToogitError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ToogitError('ENGINE_OFFLINE', `${url.host} cannot be reached: ${reason}`, { cause: error });
}
