import { ToogitError } from '@toogit/core';
import fp from 'fastify-plugin';
import { takesSpec } from '../submitted-spec.js';

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
  app.addContentTypeParser<string>(yaml, { parseAs: 'string' }, (request, body, done) => {
    if (takesSpec(request)) done(null, body);
    else done(new ToogitError('MEDIA_TYPE_UNSUPPORTED', 'Only a spec may be YAML.'));
  });
});
