import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireService } from '@toogit/testkit';
import { describe, expect, it } from 'vitest';
import { campaign } from '../src/campaign.js';

const hasRedis = canRun('redis-server');
if (!hasRedis) requireService('redis', 'the fault campaign restarts redis-server, which is not on PATH');
const longestMs = 20 * 60_000;

describe('two seeds of the fault campaign', () => {
  it.skipIf(!hasRedis || process.platform !== 'linux')(
    'lose nothing (needs redis-server on Linux)',
    async () => {
      const logs = await mkdtemp(join(tmpdir(), 'toogit-faults-logs-'));
      const { signal } = new AbortController();
      const result = await campaign({ seeds: [0, 1], resume: false, parallel: 1, logs, signal });
      expect(result.failed).toEqual([]);
      expect(result.passed).toBe(2);
      await rm(logs, { recursive: true, force: true });
    },
    longestMs,
  );
});

function canRun(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
