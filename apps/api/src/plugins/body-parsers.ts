import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { specRequestBody } from '../submitted-spec.js';

const json = 'application/json';
const yaml = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/** Specs come as JSON or YAML and are kept as text: `@toogit/spec` parses them, with line numbers. All else is JSON. */
export const bodyParsers = fp(async (app) => {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(json, { parseAs: 'string' }, (request, body, done) => {
    if (takesSpec(request)) done(null, body);
    else parseJson(request, body, done);
  });
  app.addContentTypeParser(yaml, { parseAs: 'string' }, (_request, body, done) => done(null, body));
});

function takesSpec({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.documentedBody === specRequestBody;
}
