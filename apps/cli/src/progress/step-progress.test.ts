import { describe, expect, it } from 'vitest';
import { stepProgress, type WatchedJob } from './step-progress.js';

function job(key: string, state: string, rest: Partial<WatchedJob> = {}): WatchedJob {
  return {
    key,
    state,
    progress: null,
    error: null,
    waitingFor: null,
    startedAt: null,
    finishedAt: null,
    ...rest,
  };
}

const attack = { name: 'attack', kind: 'attack', jobKeys: ['a', 'b', 'c', 'd'] };

describe('stepProgress', () => {
  it('adds running jobs up by their own progress', () => {
    const progress = { done: 100, total: 400, unit: 'images', rate: 50, etaSeconds: 6, message: 'step 5/20' };
    const [step] = stepProgress(
      [attack],
      [
        job('a', 'succeeded', { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:10Z' }),
        job('b', 'running', { progress }),
        job('c', 'ready'),
        job('d', 'blocked'),
      ],
    );
    expect(step).toEqual({
      name: 'attack',
      kind: 'attack',
      state: 'running',
      jobsDone: 1,
      jobsTotal: 4,
      fraction: 1.25 / 4,
      running: { done: 100, total: 400, unit: 'images', rate: 50, message: 'step 5/20' },
      // 6 s left of this job, and two more of 10 s each
      etaSeconds: 26,
      error: null,
      unmatched: 0,
      unstorable: 0,
    });
  });

  it('estimates the jobs not begun by the running one when none is done', () => {
    const progress = { done: 100, total: 400, unit: 'images', rate: 50, etaSeconds: 6, message: null };
    const [step] = stepProgress([attack], [job('a', 'running', { progress }), job('b', 'ready')]);
    expect(step?.etaSeconds).toBe(6 + 3 * 8);
  });

  it.each([
    [['blocked', 'blocked', 'blocked', 'blocked'], 'waiting'],
    [['ready', 'blocked', 'blocked', 'blocked'], 'waiting'],
    [['succeeded', 'ready', 'ready', 'ready'], 'running'],
    [['succeeded', 'failed', 'running', 'ready'], 'failed'],
    [['succeeded', 'cancelled', 'cancelled', 'cancelled'], 'cancelled'],
    [['succeeded', 'succeeded', 'succeeded', 'succeeded'], 'succeeded'],
  ])('%j is %s', (states, expected) => {
    const jobs = states.map((state, i) => job(attack.jobKeys[i] ?? '', state));
    expect(stepProgress([attack], jobs)[0]?.state).toBe(expected);
  });

  it('draws work that several points of a matrix share once', () => {
    const shared = (point: string) => ({ name: `model [${point}]`, kind: 'train', jobKeys: ['a'] });
    const steps = stepProgress([shared('x=1'), shared('x=2'), shared('x=3')], [job('a', 'ready')]);
    expect(steps.map((step) => step.name)).toEqual(['model [x=1] (and 2 more)']);
  });

  it('counts what no worker can run', () => {
    const jobs = [job('a', 'ready', { waitingFor: 'worker' }), job('b', 'ready', { waitingFor: 'capacity' })];
    expect(stepProgress([attack], jobs)[0]).toMatchObject({ state: 'waiting', unmatched: 1 });
    const others = [...jobs, job('c', 'running')];
    expect(stepProgress([attack], others)[0]).toMatchObject({ state: 'running', unmatched: 0 });
  });

  it('counts what waits until results can be stored', () => {
    const jobs = [
      job('a', 'ready', { waitingFor: 'storage' }),
      job('b', 'ready', { waitingFor: 'capacity' }),
    ];
    expect(stepProgress([attack], jobs)[0]).toMatchObject({ state: 'waiting', unstorable: 1, unmatched: 0 });
    const others = [...jobs, job('c', 'running')];
    expect(stepProgress([attack], others)[0]).toMatchObject({ state: 'running', unstorable: 0 });
  });

  it('says why a step failed', () => {
    const error = { code: 'TRAINING_DIVERGED', message: 'the loss is NaN' };
    expect(stepProgress([attack], [job('a', 'failed', { error })])[0]?.error).toEqual(error);
  });
});
