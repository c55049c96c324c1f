import fp from 'fastify-plugin';

/** Media types that a spec may come in. Both are kept as text: `@toogit/spec` parses them, with line numbers. */
const specMediaTypes = [
  'application/json',
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
];

export const bodyParsers = fp(async (app) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(specMediaTypes, { parseAs: 'string' }, (_request, body, done) => done(null, body));
});
