import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { covarianceOf } from './gaussians.js';
import { gaussianPicture, type Point } from './picture.js';
import { randomProblem, randomRotation } from './random-problem.js';

const truth = randomProblem({ dimension: 2, conditionNumber: 10, meanNorm: 1.5, seed: 3 });
const basis = randomRotation(2, 4);
const picture = gaussianPicture(truth, basis, truth.variances);
const precision = inverse(covarianceOf(truth.variances, basis));
const [meanX, meanY] = picture.classMeans.to;

const minus = ([a, b]: Point, [c, d]: Point): Point => [a - c, b - d];
const dot = ([a, b]: Point, [c, d]: Point) => a * c + b * d;
const loss = (point: Point) => {
  const z = Matrix.columnVector(minus(point, [meanX, meanY]));
  return 0.5 * z.transpose().mmul(precision).mmul(z).get(0, 0);
};

describe('gaussianPicture', () => {
  it('draws ellipses whose points lie at their Mahalanobis distance', () => {
    expect(picture.ellipses).toHaveLength(4);
    for (const { label, level, center, semiAxes, angle } of picture.ellipses) {
      expect(center[0]).toBeCloseTo(label * meanX, 12);
      const turn = (angle * Math.PI) / 180;
      for (const t of [0, 1, 2, 4]) {
        const [a, b] = [semiAxes[0] * Math.cos(t), semiAxes[1] * Math.sin(t)];
        const offset: Point = [
          a * Math.cos(turn) - b * Math.sin(turn),
          a * Math.sin(turn) + b * Math.cos(turn),
        ];
        expect(loss([meanX + offset[0], meanY + offset[1]])).toBeCloseTo(level ** 2 / 2, 10);
      }
    }
  });

  it('draws the boundary where both classes are equally likely, across the gradient', () => {
    const [from, to] = picture.boundary;
    expect(dot(minus(to, from), picture.classifierGradient.to)).toBeCloseTo(0, 10);
    for (const point of [from, to]) expect(loss(point)).toBeCloseTo(loss([-point[0], -point[1]]), 8);
  });

  it('draws the gradients of the loss as finite differences have them', () => {
    expect(picture.lossGradients).toHaveLength(16);
    for (const { from, to } of picture.lossGradients) {
      const h = 1e-5;
      const gradient: Point = [
        loss([from[0] + h, from[1]]) - loss([from[0] - h, from[1]]),
        loss([from[0], from[1] + h]) - loss([from[0], from[1] - h]),
      ];
      const arrow = minus(to, from);
      const cosine = dot(gradient, arrow) / (Math.hypot(...gradient) * Math.hypot(...arrow));
      expect(cosine).toBeCloseTo(1, 8);
    }
  });
});
