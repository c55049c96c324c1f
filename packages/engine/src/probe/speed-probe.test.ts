import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tensorCount } from '../backend/testing/tensor-count.js';
import { probeSpeed } from './speed-probe.js';

beforeAll(async () => {
  await startTestEngine();
}, 600_000);

it('a probe times a step of each, ends when it is aborted, and leaves nothing behind', async () => {
  const before = tensorCount();
  const { trainStepSeconds, attackStepSeconds } = await probeSpeed(new AbortController().signal);
  for (const seconds of [trainStepSeconds, attackStepSeconds]) {
    expect(seconds).toBeGreaterThan(0);
    expect(Number.isFinite(seconds)).toBe(true);
  }
  const reason = new Error('a job came');
  await expect(probeSpeed(AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(tensorCount()).toEqual(before);
}, 60_000);
