import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callWith } from './callers.js';
import { startTestService, type TestService, tinySpec } from './service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('without keys', () => {
  it.each(['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080'])('%s is served', async (host) => {
    expect((await callWith(service, { host })('GET', '/v1/experiments')).statusCode).toBe(200);
    const own = await callWith(service, { host, origin: `http://${host}` })(
      ...(['POST', '/v1/plans', tinySpec(1)] as const),
    );
    expect(own.statusCode).toBe(200);
  });

  it.each(['evil.test', '127.0.0.1.evil.test:8080', '192.168.0.7'])('host %j is refused', async (host) => {
    const answer = await callWith(service, { host })('GET', '/v1/experiments');
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error.code).toBe('ORIGIN_REFUSED');
  });

  it.each(['http://evil.test', 'null', 'http://127.0.0.1:9999'])(
    'a page of %s can start nothing',
    async (origin) => {
      const headers = { host: '127.0.0.1:8080', origin };
      const answer = await callWith(service, headers)('POST', '/v1/experiments', tinySpec(1));
      expect(answer.json().error.code).toBe('ORIGIN_REFUSED');
      expect((await service.runs.listExperiments({ limit: 1 })).items).toEqual([]);
      const read = await callWith(service, headers)('GET', '/v1/experiments');
      expect(read.headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});
