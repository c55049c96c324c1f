import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderLive, type Snapshot } from './render.js';
import type { StepProgress } from './step-progress.js';
import { jsonView, lineView } from './views.js';

const plain = picocolors.createColors(false);

const running: StepProgress = {
  name: 'train source',
  kind: 'train',
  state: 'running',
  jobsDone: 0,
  jobsTotal: 1,
  fraction: 0.25,
  running: { done: 1250, total: 5000, unit: 'images', rate: 500, message: 'epoch 1/4, loss 1.2' },
  etaSeconds: 7.5,
  error: null,
  unmatched: 0,
  unstorable: 0,
};
const waiting: StepProgress = { ...running, name: 'attack', state: 'waiting', running: null, fraction: 0 };

function snapshot(steps: StepProgress[]): Snapshot {
  const jobsTotal = steps.reduce((sum, step) => sum + step.jobsTotal, 0);
  return {
    ...{ id: 'e1', name: 'simple', state: 'running', startedAtMs: 0, finishedAtMs: null },
    ...{ jobsDone: 0, jobsTotal, steps, notice: null },
  };
}

describe('lineView', () => {
  it('writes a line when a state changes and at most one every 10 s otherwise', () => {
    const lines: string[] = [];
    let now = 65_000;
    const view = lineView(
      (line) => lines.push(line),
      10_000,
      () => now,
    );
    view.update(snapshot([{ ...running, state: 'waiting', running: null }, waiting]));
    expect(lines).toEqual([]);
    view.update(snapshot([running, waiting]));
    expect(lines).toEqual([
      '[1:05] train source: running, 0/1 jobs, 1,250/5,000 images, 500 images/s, ETA 0:08, epoch 1/4, loss 1.2',
    ]);
    for (let i = 0; i < 9; i++) {
      now += 1000;
      view.update(snapshot([running, waiting]));
    }
    expect(lines).toHaveLength(1);
    now += 1000;
    view.update(snapshot([running, waiting]));
    expect(lines).toHaveLength(2);
    view.update(snapshot([{ ...running, state: 'succeeded', jobsDone: 1, fraction: 1 }, waiting]));
    expect(lines[2]).toBe('[1:15] train source: succeeded, 1/1 jobs');
  });
});

describe('a step that no worker can run', () => {
  const stuck = { ...waiting, unmatched: 1 };

  it('is a line once, and another when it is on its way', () => {
    const lines: string[] = [];
    const view = lineView(
      (line) => lines.push(line),
      10_000,
      () => 1_000,
    );
    view.update(snapshot([stuck]));
    view.update(snapshot([stuck]));
    expect(lines).toEqual(['[0:01] attack: waiting, 0/1 jobs, no worker can run it (docs/worker.md)']);
    view.update(snapshot([{ ...running, name: 'attack', running: null }]));
    expect(lines[1]).toBe('[0:01] attack: running, 0/1 jobs');
  });

  it('says so in the live view', () => {
    const text = renderLive(snapshot([{ ...stuck, unmatched: 3 }]), { columns: 100, rows: 40 }, plain, 0);
    expect(text).toContain('no worker can run 3 of them (docs/worker.md)');
  });
});

describe('renderLive', () => {
  it('has a line a step, none wider than the terminal', () => {
    const text = renderLive(snapshot([running, waiting]), { columns: 140, rows: 40 }, plain, 65_000);
    const lines = text.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('▸ train source  █████░░░░░░░░░░░░░░░  0/1');
    expect(lines[2]).toContain('· attack');
  });

  it.each([60, 80, 120])('keeps the loss in %i columns', (columns) => {
    const text = renderLive(snapshot([running, waiting]), { columns, rows: 40 }, plain, 65_000);
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(text).toContain('loss 1.2');
  });

  it('keeps columns where names are wide', () => {
    const wide = [{ ...running, name: '实验' }, waiting];
    const [, first = '', second = ''] = renderLive(
      snapshot(wide),
      { columns: 120, rows: 40 },
      plain,
      0,
    ).split('\n');
    expect(stringWidth(first.slice(0, first.search('[█░]')))).toBe(
      stringWidth(second.slice(0, second.search('[█░]'))),
    );
  });

  it.each([3, 5, 10, 24])('fits %i rows, and running steps come first', (rows) => {
    const ended = Array.from({ length: 30 }, (_, i) => ({
      ...waiting,
      name: `done ${i}`,
      state: 'succeeded' as const,
    }));
    const text = renderLive(snapshot([...ended, running, waiting]), { columns: 80, rows }, plain, 0);
    expect(text.split('\n').length).toBeLessThan(rows);
    expect(text).toMatch(/succeeded/);
    if (rows > 3) expect(text).toContain('train source');
  });

  it('shows what concerns the whole below the steps', () => {
    const lost = { ...snapshot([running]), notice: 'Nothing answers.' };
    const text = renderLive(lost, { columns: 80, rows: 40 }, plain, 0);
    expect(text.split('\n').at(-1)).toBe('Nothing answers.');
  });
});

describe('jsonView', () => {
  it('is one document a line, only when something changed', () => {
    const lines: string[] = [];
    let now = 1_000;
    const view = jsonView(
      (line) => lines.push(line),
      () => now,
    );
    view.update(snapshot([running]));
    now = 2_000;
    view.update(snapshot([running]));
    now = 3_000;
    view.update(snapshot([waiting]));
    expect(lines.map((line) => JSON.parse(line).elapsedSeconds)).toEqual([1, 3]);
  });
});
