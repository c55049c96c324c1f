import { withoutKeys } from '@toogit/core';
import type { FastifyRequest } from 'fastify';

const secretQuery = /([?&][^=&]*(?:key|token|secret|signature|password)[^=&]*=)[^&#]*/gi;

/** For the logger of an API: API keys are masked in every line as it is written, whatever field they came in by. */
export const logOptions = {
  hooks: { streamWrite: withoutKeys },
  redact: {
    paths: ['headers', '*.headers', 'apiKey', '*.apiKey', 'secret', '*.secret'].flatMap((path) =>
      path.endsWith('headers')
        ? ['authorization', 'cookie', '["set-cookie"]', '["x-api-key"]'].map((name) =>
            name.startsWith('[') ? `${path}${name}` : `${path}.${name}`,
          )
        : [path],
    ),
    censor: '[secret]',
  },
  serializers: {
    req: (request: FastifyRequest) => ({
      method: request.method,
      url: request.url.replace(secretQuery, '$1[secret]'),
      host: request.host,
      remoteAddress: request.ip,
    }),
  },
};
