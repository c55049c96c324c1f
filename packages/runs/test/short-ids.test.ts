import { describe, expect, it } from 'vitest';
import { EmptyHouse } from './empty-house.js';
import { keyOf } from './graphs.js';

const house = new EmptyHouse();
const ids = [
  'd3720000-0000-4000-8000-000000000001',
  'd3720000-0000-4000-8000-000000000002',
  'abcdef12-0000-4000-8000-000000000003',
];

async function withIds() {
  for (const [i, id] of ids.entries()) {
    const made = await house.submit(`named ${i}`, 1);
    await house.query('UPDATE experiments SET id = $1 WHERE id = $2', [id, made]);
  }
}

describe('the beginning of an id', () => {
  it('stands for the only experiment that has it, up to the whole id', async () => {
    await withIds();
    for (const length of [4, 8, 9, 20, 35, 36]) {
      expect(await house.runs.resolveExperimentId(ids[2]?.slice(0, length) ?? '')).toBe(ids[2]);
    }
    expect(await house.runs.resolveExperimentId('ABCDEF12-')).toBe(ids[2]);
  });

  it('is refused where several experiments have it, and they are named', async () => {
    await withIds();
    const refusal = await house.runs.resolveExperimentId('d372').catch((error) => error);
    expect(refusal.code).toBe('ID_AMBIGUOUS');
    expect(refusal.details).toHaveLength(2);
    expect(refusal.details).toContainEqual({
      ...{ path: 'experiment', message: 'named 1, running', suggestion: ids[1] },
    });
  });

  it('is refused where it is too short or begins nothing', async () => {
    await withIds();
    await expect(house.runs.resolveExperimentId('abc')).rejects.toMatchObject({ code: 'ID_AMBIGUOUS' });
    for (const id of ['abcd0', 'nobody', 'abcdef12_', `${ids[0]}0`, '\0']) {
      await expect(house.runs.resolveExperimentId(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('shows nothing of other projects', async () => {
    await withIds();
    await expect(house.runs.inProject('other').resolveExperimentId('abcdef')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      house.runs.inProject('other').resolveJobKey(keyOf('named 0', '0').slice(0, 8)),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('stands for the only job that has it', async () => {
    await withIds();
    const key = keyOf('named 0', '0');
    for (const length of [12, 63, 64]) expect(await house.runs.resolveJobKey(key.slice(0, length))).toBe(key);
    const other = key.slice(0, 6) + keyOf('named 1', '0').slice(6);
    await house.query('UPDATE jobs SET key = $1 WHERE key = $2', [other, keyOf('named 1', '0')]);
    const refusal = await house.runs.resolveJobKey(key.slice(0, 6)).catch((error) => error);
    expect(refusal.code).toBe('ID_AMBIGUOUS');
    expect(refusal.details.map((each: { suggestion: string }) => each.suggestion).sort()).toEqual(
      [key, other].sort(),
    );
  });
});
