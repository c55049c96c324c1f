import { Matrix } from 'ml-matrix';
import { discriminant } from './discriminant.js';
import { at } from './expected-loss.js';
import type { SpectralGaussians } from './gaussians.js';

export type Point = [x: number, y: number];

/** A level set of one class's learned Gaussian: the points at Mahalanobis distance `level` of its mean. */
export interface Ellipse {
  label: 1 | -1;
  level: 1 | 2;
  center: Point;
  /** Half the lengths of the axes, longer first, in the units of x. */
  semiAxes: Point;
  /** Direction of the longer axis, in degrees counter-clockwise from the first coordinate, in (−90, 90]. */
  angle: number;
}

export interface Arrow {
  from: Point;
  to: Point;
}

/** The 2-D picture of one model, in the coordinates of x: what to draw, not how. */
export interface GaussianPicture {
  ellipses: Ellipse[];
  /** Two points of the line wᵀx = 0, on which the classifier decides. */
  boundary: [Point, Point];
  /** From the mean of class −1 to that of class +1. */
  classMeans: Arrow;
  /** w = Σ⁻¹μ, the gradient of the classifier, drawn from the origin with the length of the mean. */
  classifierGradient: Arrow;
  /** Directions in which the loss of label +1 rises fastest, at points of the ellipse of level 1; unit length × 0.3‖μ‖. */
  lossGradients: Arrow[];
}

const gradientPoints = 16;

/** `basis` holds the eigenvectors of Σ* as columns, 2×2. */
export function gaussianPicture(
  truth: SpectralGaussians,
  basis: Matrix,
  modelVariances: Float64Array,
): GaussianPicture {
  const toPlane = (v: ArrayLike<number>): Point => {
    const [x, y] = basis.mmul(Matrix.columnVector(v)).to1DArray();
    return [x as number, y as number];
  };
  const { mean } = truth;
  const length = Math.hypot(...mean);
  const w = resized(discriminant(truth, modelVariances), length);
  const reach = 2 * length + 2 * Math.sqrt(Math.max(...modelVariances));
  const across = resized([-at(w, 1), at(w, 0)], reach);
  return {
    ellipses: ([1, -1] as const).flatMap((label) =>
      ([1, 2] as const).map((level) => ellipse(label, level, toPlane, mean, modelVariances)),
    ),
    boundary: [toPlane(negative(across)), toPlane(across)],
    classMeans: { from: toPlane(negative(mean)), to: toPlane(mean) },
    classifierGradient: { from: [0, 0], to: toPlane(w) },
    lossGradients: Array.from({ length: gradientPoints }, (_, k) => {
      const angle = (2 * Math.PI * k) / gradientPoints;
      const circle = [Math.cos(angle), Math.sin(angle)];
      const offset = modelVariances.map((variance, i) => Math.sqrt(variance) * (circle[i] as number));
      const gradient = resized(
        offset.map((value, i) => value / at(modelVariances, i)),
        0.3 * length,
      );
      const from = mean.map((value, i) => value + at(offset, i));
      return { from: toPlane(from), to: toPlane(from.map((value, i) => value + at(gradient, i))) };
    }),
  };
}

function ellipse(
  label: 1 | -1,
  level: 1 | 2,
  toPlane: (v: ArrayLike<number>) => Point,
  mean: Float64Array,
  modelVariances: Float64Array,
): Ellipse {
  const longer = at(modelVariances, 0) > at(modelVariances, 1) ? 0 : 1;
  const [x, y] = toPlane(longer === 0 ? [1, 0] : [0, 1]);
  const angle = Math.atan(y / x) * (180 / Math.PI);
  return {
    label,
    level,
    center: toPlane(mean.map((value) => label * value)),
    semiAxes: [
      level * Math.sqrt(at(modelVariances, longer)),
      level * Math.sqrt(at(modelVariances, 1 - longer)),
    ],
    angle: angle === -90 ? 90 : angle,
  };
}

function resized(v: ArrayLike<number>, length: number): Float64Array {
  const scale = length / Math.hypot(...Array.from(v));
  return Float64Array.from(v, (value) => value * scale);
}

function negative(v: Float64Array): Float64Array {
  return v.map((value) => -value);
}
