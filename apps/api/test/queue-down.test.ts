import { expect, it } from 'vitest';
import { startTestService, tinySpec } from './service.js';

it('accepts an experiment while the queue is away, and leaves its job to the sweep', async () => {
  const service = await startTestService();
  await service.dispatcher.close();
  const answer = await service.api.inject({ method: 'POST', url: '/v1/experiments', payload: tinySpec(1) });
  expect(answer.statusCode).toBe(201);
  const key = answer.json().steps[0].jobKeys[0];
  const missed = await service.runs.takeReady({ limit: 10, notPushedForMs: -60_000 });
  expect(missed.map((job) => job.key)).toEqual([key]);
  const ready = await service.api.inject({ url: '/readyz' });
  expect(ready.statusCode).toBe(503);
  expect(ready.json().checks).toMatchObject({ database: { state: 'up' }, queue: { state: 'down' } });
  await service.stop();
});
