import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { type Gaussians, symmetric } from './gaussians.js';

export interface MinMaxOptions {
  /** λ of the adversary's penalty (λ/2)·‖δ‖²; Infinity for no adversary (maximum likelihood). */
  penalty: number;
  /** How the adversary's linear answer δ = D·z is found: by gradient ascent, or by solving (λI − P)·D = P. */
  inner?: 'ascent' | 'solve';
  /** Relative size of the last correction at which the fit is taken as found. */
  tolerance?: number;
  maxSteps?: number;
}

export interface MinMaxFit extends Gaussians {
  steps: number;
  /** Expected loss minus penalty at the saddle, in nats. */
  value: number;
  converged: boolean;
}

/**
 * min over (μ, Σ) of E[max over δ of ℓ(x+δ, y) − (λ/2)·‖δ‖²] by descent, in any basis and without the closed form.
 *
 * The inner maximum makes of every residual z = x − y·μ the point A·z, A = I + D. The outer step is the natural gradient
 * of the loss at the attacked data, which is a move toward the Gaussian that fits them: μ += η·A(μ*−μ),
 * Σ += η·(A·S·Aᵀ − Σ), S = E[zzᵀ]. η is halved until the value falls and Σ stays where the adversary is bounded
 * (λΣ ≻ I), which keeps the iterates in the feasible set.
 */
export function fitByMinMax(truth: Gaussians, options: MinMaxOptions): MinMaxFit {
  const { penalty, inner = 'ascent', tolerance = 1e-6, maxSteps = 500 } = options;
  const d = truth.mean.length;
  const spread = truth.covariance.trace() / d + 2 / penalty;
  const start = { mean: new Float64Array(d), covariance: Matrix.eye(d).mul(spread) };
  let state = attacked(truth, start, penalty, inner);
  if (state === undefined) throw new RangeError(`penalty must be positive, not ${penalty}`);
  let stepSize = 1;
  let steps = 0;
  while (steps < maxSteps && correction(state) > tolerance) {
    const next = attacked(truth, moved(state, stepSize), penalty, inner, state.answer);
    steps++;
    if (next !== undefined && improves(next, state, stepSize)) {
      state = next;
      stepSize = Math.min(1, 1.5 * stepSize);
    } else if (stepSize > 1e-12) stepSize /= 2;
    else break;
  }
  const { mean, covariance, value } = state;
  return { mean, covariance, value, steps, converged: correction(state) <= tolerance };
}

/** A model, the adversary's answer to it, and the Gaussian that fits the attacked data best. */
interface State extends Gaussians {
  answer: Matrix;
  meanStep: Matrix;
  refitted: Matrix;
  value: number;
  /** Fall of the value for each unit of η. */
  slope: number;
}

function attacked(
  truth: Gaussians,
  model: Gaussians,
  penalty: number,
  inner: 'ascent' | 'solve',
  warmStart?: Matrix,
): State | undefined {
  const d = truth.mean.length;
  const factor = new CholeskyDecomposition(model.covariance);
  if (!factor.isPositiveDefinite()) return undefined;
  const precision = symmetric(factor.solve(Matrix.eye(d)));
  const answer = bestAnswer(precision, penalty, inner, warmStart);
  if (answer === undefined) return undefined;
  const offset = Matrix.columnVector(truth.mean.map((value, i) => value - (model.mean[i] ?? 0)));
  const secondMoment = Matrix.add(truth.covariance, offset.mmul(offset.transpose()));
  const map = Matrix.add(answer, Matrix.eye(d));
  const refitted = symmetric(map.mmul(secondMoment).mmul(map.transpose()));
  let value = 0.5 * traceOfProduct(precision, refitted) + halfLogDeterminant(factor);
  if (penalty < Infinity) {
    value -= 0.5 * penalty * traceOfProduct(answer.mmul(secondMoment), answer.transpose());
  }
  const meanStep = map.mmul(offset);
  const relative = precision.mmul(Matrix.sub(refitted, model.covariance));
  const slope =
    0.5 * traceOfProduct(relative, relative) + traceOfProduct(meanStep.transpose(), precision.mmul(meanStep));
  return { ...model, answer, meanStep, refitted, value, slope };
}

/** D of the adversary's answer δ = D·z; undefined where its maximum is infinite. */
function bestAnswer(
  precision: Matrix,
  penalty: number,
  inner: 'ascent' | 'solve',
  warmStart: Matrix | undefined,
): Matrix | undefined {
  const d = precision.rows;
  if (penalty === Infinity) return new Matrix(d, d);
  const curvature = new CholeskyDecomposition(Matrix.sub(Matrix.eye(d).mul(penalty), precision));
  if (!curvature.isPositiveDefinite()) return undefined;
  if (inner === 'solve') return curvature.solve(precision);
  // Steps of size 1/λ along the gradient P(I + D) − λD, all residuals at once.
  const force = Matrix.div(precision, penalty);
  let answer = warmStart ?? new Matrix(d, d);
  for (let step = 0; step < 2000; step++) {
    const next = Matrix.add(force.mmul(answer), force);
    const change = Matrix.sub(next, answer).norm();
    answer = next;
    if (change <= 1e-10 * (1 + answer.norm())) return answer;
  }
  return undefined;
}

function moved(state: State, stepSize: number): Gaussians {
  return {
    mean: state.mean.map((value, i) => value + stepSize * state.meanStep.get(i, 0)),
    covariance: state.covariance
      .clone()
      .mul(1 - stepSize)
      .add(state.refitted.clone().mul(stepSize)),
  };
}

/** Armijo's rule with half the slope, which keeps η below 1 / curvature; at rounding's edge, a smaller correction. */
function improves(next: State, state: State, stepSize: number): boolean {
  if (next.value <= state.value - 0.5 * stepSize * state.slope) return true;
  const rounding = 1e-13 * Math.abs(state.value);
  return next.value <= state.value + rounding && correction(next) < 0.9 * correction(state);
}

function correction(state: State): number {
  const covariance = Matrix.sub(state.refitted, state.covariance).norm() / state.covariance.norm();
  return Math.max(covariance, state.meanStep.norm() / Math.sqrt(state.covariance.trace()));
}

/** tr(a·b) */
function traceOfProduct(a: Matrix, b: Matrix): number {
  return Matrix.mul(a, b.transpose()).sum();
}

function halfLogDeterminant(factor: CholeskyDecomposition): number {
  const { lowerTriangularMatrix } = factor;
  return lowerTriangularMatrix
    .diagonal()
    .reduce((sum, entry) => sum + Math.log(entry * Math.sqrt(2 * Math.PI)), 0);
}
