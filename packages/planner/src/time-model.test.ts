import type { PastJob, SpeedProbe } from '@toogit/catalogue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedModel, fittedModel, secondsOf, type TimeModel } from './time-model.js';

const probe: SpeedProbe = { trainStepSeconds: 0.1, attackStepSeconds: 0.06 };
const expected = expectedModel('attack', probe);
const pastOf = (model: TimeModel, works: number[], noise = (_: number) => 1): PastJob[] =>
  works.map((work, i) => ({ kind: 'attack', work, seconds: secondsOf(model, work) * noise(i) }));
const totalOf = (model: TimeModel, works: number[]) =>
  works.reduce((total, work) => total + secondsOf(model, work), 0);

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const models = fc.record({ overheadSeconds: positive(0, 10), secondsPerWork: positive(1e-12, 1e-9) });
const works = fc.array(positive(1e8, 1e13), { minLength: 8, maxLength: 40 });

describe('the model of past jobs', () => {
  it('is the one that they follow exactly', () => {
    fc.assert(
      fc.property(models, works, (model, sizes) => {
        fc.pre(Math.max(...sizes) > 3 * Math.min(...sizes));
        const fitted = fittedModel(pastOf(model, sizes), expected);
        for (const work of sizes) {
          expect(secondsOf(fitted, work) / secondsOf(model, work)).toBeCloseTo(1, 3);
        }
      }),
    );
  });

  it('is finite and never negative, whatever the jobs took', () => {
    const jobs = fc.array(fc.record({ work: positive(1, 1e14), seconds: positive(1e-3, 1e5) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(jobs, (past) => {
        const { overheadSeconds, secondsPerWork } = fittedModel(
          past.map((job) => ({ kind: 'attack', ...job })),
          expected,
        );
        expect(overheadSeconds).toBeGreaterThanOrEqual(0);
        expect(secondsPerWork).toBeGreaterThanOrEqual(0);
        expect(overheadSeconds + secondsPerWork).toBeGreaterThan(0);
        expect(Number.isFinite(overheadSeconds + secondsPerWork)).toBe(true);
      }),
    );
  });

  it('is the expected one, slower or faster, where jobs are few or of one size', () => {
    fc.assert(
      fc.property(positive(0.05, 20), fc.integer({ min: 1, max: 200 }), (factor, count) => {
        const sizes = Array.from({ length: count }, () => 1e11);
        const slower = {
          overheadSeconds: factor * expected.overheadSeconds,
          secondsPerWork: factor * expected.secondsPerWork,
        };
        const fitted = fittedModel(pastOf(slower, sizes), expected);
        expect(secondsOf(fitted, 1e12) / secondsOf(slower, 1e12)).toBeCloseTo(1, 6);
      }),
    );
  });

  it('keeps the sum where times scatter, and one job that hung out of it', () => {
    const model = { overheadSeconds: 0.5, secondsPerWork: 2e-11 };
    const sizes = Array.from({ length: 60 }, (_, i) => 1e9 * 1.15 ** i);
    const scattered = pastOf(model, sizes, (i) => (i % 3 === 0 ? 2 : 0.5));
    const taken = scattered.reduce((total, { seconds }) => total + seconds, 0);
    expect(totalOf(fittedModel(scattered, expected), sizes) / taken).toBeGreaterThan(0.75);
    expect(totalOf(fittedModel(scattered, expected), sizes) / taken).toBeLessThan(1.33);
    const hung = pastOf(model, sizes, (i) => (i === 20 ? 5_000 : 1));
    expect(totalOf(fittedModel(hung, expected), sizes) / totalOf(model, sizes)).toBeLessThan(1.33);
  });
});

it('a probe of twice the seconds expects twice the seconds of a tensor job, and the same of others', () => {
  const slow = { trainStepSeconds: 0.2, attackStepSeconds: 0.12 };
  for (const kind of ['train', 'attack', 'evaluate'] as const) {
    expect(expectedModel(kind, slow).secondsPerWork).toBeCloseTo(
      2 * expectedModel(kind, probe).secondsPerWork,
    );
  }
  expect(expectedModel('theory', slow)).toEqual(expectedModel('theory', probe));
});
