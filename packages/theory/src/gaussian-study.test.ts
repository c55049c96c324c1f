import { ToogitError } from '@toogit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussianStudy } from './gaussian-study.js';
import type { GaussianStudy, GaussianStudyParams } from './gaussian-study-types.js';

const params: GaussianStudyParams = {
  dimensions: [2, 8, 64, 512],
  epsilons: [0.25, 1],
  conditionNumber: 10,
  meanNorm: 1,
  seed: 1,
};
const tiny = { ...params, dimensions: [16], epsilons: [0.5] };

describe('gaussianStudy', () => {
  let study: GaussianStudy;
  beforeAll(async () => {
    study = await gaussianStudy(params);
  });

  it('closed form and optimisation agree to 1e-3 in every dimension', () => {
    for (const { dimension, closedFormChecks } of study.dimensions) {
      expect(closedFormChecks.map((check) => check.epsilon)).toEqual([0, 0.25, 1]);
      for (const check of closedFormChecks) {
        expect(check.converged).toBe(true);
        expect(check.basis).toBe(dimension > 64 ? 'eigenbasis' : 'full');
        expect(check.maxRelativeDifference).toBeLessThan(1e-3);
        expect(check.meanRelativeDifference).toBeLessThan(1e-3);
      }
    }
  });

  it('Theorem 1 in nats agrees with attacked draws and not with the formula as quoted', () => {
    for (const { quoted, lossIncrease, monteCarlo, ...check } of study.dimensions.flatMap(
      (d) => d.theorem1,
    )) {
      expect(Math.abs(monteCarlo.mean - lossIncrease)).toBeLessThan(4 * monteCarlo.standardError);
      expect(Math.abs(monteCarlo.mean - quoted)).toBeGreaterThan(10 * monteCarlo.standardError);
      expect(check.isotropicLossIncrease).toBeLessThan(lossIncrease);
      expect(check.isotropicLossIncreaseAtEpsilon).toBeLessThan(lossIncrease);
    }
  });

  it('each model is the best against what it was trained against', () => {
    for (const { models } of study.dimensions) {
      for (const [k, epsilon] of params.epsilons.entries()) {
        const averageLosses = models.map((model) => model.underAttack[k + 1]?.averageLoss as number);
        const best = models.findIndex((m) => m.trainedAgainst === 'average' && m.epsilon === epsilon);
        expect(averageLosses.indexOf(Math.min(...averageLosses))).toBe(best);
        const standard = models[0]?.alignmentAngle as number;
        expect(models[best]?.alignmentAngle).toBeLessThan(standard);
      }
      const clean = models.map((model) => model.underAttack[0]?.averageLoss as number);
      expect(Math.min(...clean)).toBe(clean[0]);
    }
  });

  it('is plain JSON, with a picture of every model in two dimensions only', () => {
    expect(JSON.parse(JSON.stringify(study))).toEqual(study);
    for (const { dimension, models } of study.dimensions) {
      expect(models.map((m) => m.trainedAgainst)).toEqual(['none', 'average', 'ball', 'average', 'ball']);
      for (const model of models) expect('picture' in model).toBe(dimension === 2);
    }
  });

  it('is the same again for the same seed, another for another', async () => {
    const first = await gaussianStudy(tiny);
    expect(await gaussianStudy(tiny)).toEqual(first);
    expect(await gaussianStudy({ ...tiny, seed: 2 })).not.toEqual(first);
  });

  it('reports progress up to its total', async () => {
    const seen: { done: number; total: number }[] = [];
    await gaussianStudy(tiny, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([1, 2].map((done) => ({ done, total: 2 })));
  });

  it('stops at the next unit when aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let units = 0;
    const running = gaussianStudy(tiny, {
      signal: controller.signal,
      onProgress: () => {
        units++;
        controller.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(units).toBe(1);
  });

  it.each([
    ['dimensions', { dimensions: [1] }],
    ['dimensions', { dimensions: [513] }],
    ['epsilons', { epsilons: [0] }],
    ['conditionNumber', { conditionNumber: 0.5 }],
    ['meanNorm', { meanNorm: 0 }],
    ['seed', { seed: 0.5 }],
  ])('refuses %s out of range', async (path, change) => {
    const error = await gaussianStudy({ ...params, ...change }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToogitError);
    expect(error).toMatchObject({ code: 'SPEC_INVALID', details: [{ path }] });
  });
});
