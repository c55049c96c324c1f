import { Matrix } from 'ml-matrix';
import { at } from './expected-loss.js';
import type { ClosedFormCheck } from './gaussian-study-types.js';
import { covarianceOf, type SpectralGaussians } from './gaussians.js';
import { fitByMinMax, type MinMaxFit } from './min-max.js';
import { lambdaOfEpsilon, robustCovariance, robustVariances } from './robust-likelihood.js';

/** Up to here the optimisation works with d×d matrices in a rotated basis; beyond, eigenvalue by eigenvalue. */
export const largestFullDimension = 64;
/** Up to here the adversary's maximum is found by gradient ascent, beyond by solving its linear equation. */
const largestAscentDimension = 8;

/** Fits by descent and compares with the closed form: Theorem 2 at λ(ε), or maximum likelihood where ε = 0. */
export function checkClosedForm(
  truth: SpectralGaussians,
  basis: Matrix | undefined,
  epsilon: number,
): ClosedFormCheck {
  const lambda = lambdaOfEpsilon(truth.variances, epsilon);
  const found = basis ? inFull(truth, basis, lambda) : inEigenbasis(truth, lambda);
  const maxAbsoluteDifference = largest(Matrix.sub(found.fit.covariance, found.expected));
  return {
    epsilon,
    lambda: lambda === Infinity ? null : lambda,
    basis: basis ? 'full' : 'eigenbasis',
    steps: found.fit.steps,
    converged: found.fit.converged,
    maxAbsoluteDifference,
    maxRelativeDifference: maxAbsoluteDifference / largest(found.expected),
    meanRelativeDifference:
      largest(Matrix.columnVector(found.fit.mean.map((value, i) => value - at(found.mean, i)))) /
      Math.hypot(...truth.mean),
  };
}

interface Comparison {
  fit: MinMaxFit;
  expected: Matrix;
  mean: Float64Array;
}

function inFull(spectral: SpectralGaussians, basis: Matrix, lambda: number): Comparison {
  const truth = {
    mean: Float64Array.from(basis.mmul(Matrix.columnVector(spectral.mean)).to1DArray()),
    covariance: covarianceOf(spectral.variances, basis),
  };
  const inner = truth.mean.length <= largestAscentDimension ? 'ascent' : 'solve';
  const expected = lambda === Infinity ? truth.covariance : robustCovariance(truth, lambda);
  return { fit: fitByMinMax(truth, { penalty: lambda, inner }), expected, mean: truth.mean };
}

/** In the eigenbasis loss and adversary are sums over the axes: d problems of one dimension with one λ. */
function inEigenbasis(truth: SpectralGaussians, lambda: number): Comparison {
  const fits = Array.from(truth.variances, (variance, i) =>
    fitByMinMax(
      { mean: Float64Array.of(at(truth.mean, i)), covariance: new Matrix([[variance]]) },
      { penalty: lambda, inner: 'solve' },
    ),
  );
  const fit = {
    mean: Float64Array.from(fits, (one) => at(one.mean, 0)),
    covariance: Matrix.columnVector(fits.map((one) => one.covariance.get(0, 0))),
    value: fits.reduce((sum, one) => sum + one.value, 0),
    steps: Math.max(...fits.map((one) => one.steps)),
    converged: fits.every((one) => one.converged),
  };
  return { fit, expected: Matrix.columnVector(robustVariances(truth.variances, lambda)), mean: truth.mean };
}

function largest(matrix: Matrix): number {
  return Math.max(Math.abs(matrix.max()), Math.abs(matrix.min()));
}
