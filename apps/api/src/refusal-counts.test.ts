import type { RefusalView } from '@toogit/runs';
import { describe, expect, it } from 'vitest';
import { RefusalCounts } from './refusal-counts.js';

const at = new Date('2026-01-01T00:00:30Z');
const from = (address: string) => ({ address, status: 401, keyId: null, action: 'listExperiments' });

describe('refusals', () => {
  it('are of a bounded number of addresses a minute, however many send them', async () => {
    const written: RefusalView[] = [];
    const counts = new RefusalCounts(async (rows) => void written.push(...rows));
    for (let i = 0; i < 100_000; i++) {
      counts.add(from(`10.0.${i % 500}.1`), at);
      if (i % 10_000 === 0) await counts.flush();
    }
    await counts.flush();
    expect(new Set(written.map(({ address }) => address)).size).toBe(33);
    expect(written.reduce((sum, { requests }) => sum + requests, 0)).toBe(100_000);
    expect(written.map(({ address }) => address)).toContain('others');
  });

  it('are kept while they cannot be written', async () => {
    let isAway = true;
    const written: RefusalView[] = [];
    const counts = new RefusalCounts(async (rows) => {
      if (isAway) throw new Error('away');
      written.push(...rows);
    });
    counts.add(from('::1'), at);
    const failed = counts.flush();
    counts.add(from('::1'), at);
    await expect(failed).rejects.toThrow('away');
    isAway = false;
    await counts.flush();
    expect(written).toMatchObject([{ address: '::1', requests: 2, minute: '2026-01-01T00:00:00.000Z' }]);
  });
});
