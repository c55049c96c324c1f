import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ErrorCode, type ErrorDetail, ToogitError, withoutKeys } from '@toogit/core';
import { maxSpecBytes, nearestName } from '@toogit/spec';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import {
  hasZodFastifySchemaValidationErrors,
  type ZodFastifySchemaValidationError,
} from 'fastify-type-provider-zod';
import type { ErrorBody } from '../schemas/error.js';
import { takesSpec } from '../submitted-spec.js';

/** One place where errors become answers: a coded body, and never a stack trace. */
export const errorHandler = fp(async (app) => {
  app.setErrorHandler<FastifyError>((error, request, reply) => answer(error, request, reply));
  const paths = new Set<string>();
  app.addHook('onRoute', ({ url }) => void paths.add(url));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const near = nearestPath(path, [...paths]);
    const next = near === undefined ? 'GET /openapi.json lists every path.' : `Did you mean ${near}?`;
    return answer(
      new ToogitError('NOT_FOUND', `There is no ${request.method} ${path}.`, { next }),
      request,
      reply,
    );
  });
});

/** The path that differs from `path` in a misspelt last segment, if there is one. */
function nearestPath(path: string, paths: readonly string[]): string | undefined {
  const [, parent = '', last = ''] = /^(.*\/)([^/]*)$/.exec(path) ?? [];
  const siblings = paths.filter((each) => each.startsWith(parent)).map((each) => each.slice(parent.length));
  const nearest = nearestName(
    last,
    siblings.filter((each) => each !== '' && !/[/:*]/.test(each)),
  );
  return nearest === undefined ? undefined : parent + nearest;
}

/** Where no rate limit gives a time: experiments end when they end, and a plan takes seconds. */
const retrySeconds: Partial<Record<ErrorCode, number>> = { QUOTA_EXCEEDED: 60, RATE_LIMITED: 10 };

export function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const coded = toCoded(error, request);
  if (coded.status >= 500) request.log.error({ err: error }, coded.code);
  else request.log.info({ code: coded.code, details: coded.details }, coded.message);
  const seconds = retrySeconds[coded.code];
  if (seconds !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', seconds);
  return reply
    .code(coded.status)
    .header('x-request-id', request.id)
    .type('application/json; charset=utf-8')
    .serializer((body: ErrorBody) => withoutKeys(JSON.stringify(body)))
    .send(errorBodyOf(coded, request.id));
}

/** What Node can't read as a request: nothing of it is known but the socket, which it closes afterwards. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [message, next] = unreadable[error.code ?? ''] ?? notHttp;
  const coded = new ToogitError('REQUEST_INVALID', message, { next });
  const body = JSON.stringify(errorBodyOf(coded, randomUUID()));
  const head = ['HTTP/1.1 400 Bad Request', 'content-type: application/json; charset=utf-8'];
  head.push(`content-length: ${Buffer.byteLength(body)}`, 'connection: close');
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const unreadable: Record<string, [message: string, next: string]> = {
  HPE_HEADER_OVERFLOW: ['The URL and the headers are larger than 16 kB.', 'Send fewer or shorter ones.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['The request did not arrive within a minute.', 'Send it again, without pauses.'],
};
const notHttp: [string, string] = [
  'The request is not HTTP that can be read.',
  'Send HTTP/1.1, and https:// only to a proxy that ends TLS.',
];

function errorBodyOf(error: ToogitError, requestId: string): ErrorBody {
  const { code, message, next, details } = error;
  return { error: { code, message, next, details: details ?? [], requestId } };
}

function toCoded(error: unknown, request: FastifyRequest): ToogitError {
  if (error instanceof ToogitError && error.code !== 'INTERNAL') return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.flatMap((issue) => detailsOf(issue, error.validationContext));
    const list = details.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return new ToogitError('REQUEST_INVALID', `The request is not valid: ${list}`, { details });
  }
  if (error instanceof Error) return fromFastify(error, request);
  return defect(error);
}

function detailsOf(issue: ZodFastifySchemaValidationError, context: string | undefined): ErrorDetail[] {
  const at = [context ?? 'request', ...issue.instancePath.split('/').filter(Boolean)];
  const keys = issue.params.keys;
  if (!Array.isArray(keys)) return [{ path: at.join('.'), message: issue.message ?? 'is not valid' }];
  return keys.map((key) => ({ path: [...at, String(key)].join('.'), message: 'is not known here' }));
}

/** Fastify's own refusals: bodies that are too large, media types it doesn't know, URLs it can't decode, … */
function fromFastify(error: Error & Partial<FastifyError>, request: FastifyRequest): ToogitError {
  const { code = '', message, statusCode = 500 } = error;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const tooLarge = `The body is larger than ${maxSpecBytes / 1024} KiB.`;
    return takesSpec(request)
      ? new ToogitError('SPEC_TOO_LARGE', tooLarge, { cause: error })
      : new ToogitError('REQUEST_INVALID', tooLarge, { cause: error, next: 'Send a smaller body.' });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new ToogitError('MEDIA_TYPE_UNSUPPORTED', message, { cause: error });
  }
  if (statusCode < 400 || statusCode > 499) return defect(error);
  const next = adviceOf[code];
  return new ToogitError('REQUEST_INVALID', message, {
    cause: error,
    ...(next === undefined ? {} : { next }),
  });
}

/** Where the document of the API doesn't help. */
const adviceOf: Record<string, string> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'Send a JSON body, or no content-type.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'Correct the JSON syntax of the body.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'Send as many bytes as content-length states.',
  FST_ERR_BAD_URL: 'Percent-encode what is special in the path.',
};

/** What went wrong inside stays in the log, under the request's id. */
function defect(cause: unknown): ToogitError {
  return new ToogitError('INTERNAL', 'The service failed to answer this request.', { cause });
}
