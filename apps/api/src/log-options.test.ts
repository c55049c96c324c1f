import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { logOptions } from './log-options.js';

it('no line of the log holds a key, whatever field it came in by', async () => {
  const lines: string[] = [];
  const app = fastify({ logger: { ...logOptions, stream: { write: (line) => void lines.push(line) } } });
  const secret = 'A'.repeat(43);
  const key = `tgt_0123456789abcdef_${secret}`;
  app.get('/jobs/:key', async ({ params, log }) => {
    log.info({ params, nested: [{ deep: { jobKey: key } }] }, `not found: ${key}`);
    throw new Error(`There is no job ${key}.`);
  });
  await app.inject({ url: `/jobs/${key}?token=abc`, headers: { authorization: `Bearer ${key}` } });
  await app.inject(`/jobs/${encodeURIComponent(key).replaceAll('_', '%5F')}`);
  await app.close();
  const text = lines.join('');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('token=abc');
  expect(text).toContain('There is no job tgt_0123456789abcdef_[secret].');
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});
