import type { FastifyRequest } from 'fastify';

/** Keys of the form that `packages/runs` makes, wherever they turn up in a URL: the id stays. */
const apiKeys = /tgt_([0-9a-f]{16})_[\w-]*/g;
const secretQuery = /([?&][^=&]*(?:key|token|secret|signature|password)[^=&]*=)[^&#]*/gi;

/** For the logger of an API: what is written about a request holds no secret. */
export const logOptions = {
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
      url: withoutSecrets(request.url),
      host: request.host,
      remoteAddress: request.ip,
    }),
  },
};

export function withoutSecrets(text: string): string {
  return text.replace(apiKeys, 'tgt_$1_[secret]').replace(secretQuery, '$1[secret]');
}
