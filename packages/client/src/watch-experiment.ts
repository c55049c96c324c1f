import { setTimeout as delay } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { errorOf, type Fetch } from './errors.js';
import type { ExperimentEvent } from './types.js';

export interface WatchOptions {
  signal?: AbortSignal;
  /** Times in a row that a lost connection is tried again, with growing pauses, before its error is thrown. */
  maxRetries?: number;
  /** Called when a connection is lost, before the next try. */
  onConnectionLost?: (error: unknown) => void;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** The service sends a heartbeat every 15 s; a connection silent for so long is dead. */
const silenceMs = 45_000;

/**
 * Events of an experiment until `end`. A lost connection is made again and begins with a fresh snapshot, so nothing
 * is missed; a first connection that fails throws at once.
 */
export async function* watchExperiment(
  fetch: Fetch,
  baseUrl: string,
  id: string,
  { signal, maxRetries = 12, onConnectionLost }: WatchOptions = {},
): AsyncGenerator<ExperimentEvent> {
  const url = `${baseUrl}/v1/experiments/${encodeURIComponent(id)}/events`;
  let retries = Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      for await (const event of eventsOf(fetch, url, signal)) {
        retries = 0;
        yield event;
        if (event.event === 'end') return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (retries >= maxRetries || !isWorthRetrying(error)) throw error;
      onConnectionLost?.(error);
    }
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** retries) * (0.5 + Math.random() / 2);
    retries++;
    await delay(pauseMs, undefined, signal ? { signal } : {}).catch(() => {});
    if (signal?.aborted) return;
  }
}

/** Anything but a coded refusal is a connection that broke. */
function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof ToogitError) || error.retryable;
}

async function* eventsOf(
  fetch: Fetch,
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExperimentEvent> {
  const connection = new AbortController();
  const abort = () => connection.abort(signal?.reason);
  const silence = setTimeout(() => connection.abort(new Error('the event stream went silent')), silenceMs);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const response = await fetch(new Request(url), connection.signal);
    if (!response.ok || !response.body) throw await errorOf(response);
    const messages = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ onComment: () => silence.refresh() }));
    for await (const { event, data } of messages) {
      silence.refresh();
      yield { event, data: JSON.parse(data) } as ExperimentEvent;
    }
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener('abort', abort);
    connection.abort();
  }
}
