import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Two classes, x ~ N(y·mean, covariance), y = ±1 equally likely. `mean` has d entries, `covariance` is d×d. */
export interface Gaussians {
  mean: Float64Array;
  covariance: Matrix;
}

/**
 * The same in the eigenbasis of the covariance: `variances` are its eigenvalues (all > 0), `mean` the coordinates of the
 * mean there. Whatever treats all directions alike separates in this basis.
 */
export interface SpectralGaussians {
  mean: Float64Array;
  variances: Float64Array;
}

/** The eigenbasis (columns) of a covariance and the Gaussians seen in it, eigenvalues ascending. */
export function diagonalize(gaussians: Gaussians): SpectralGaussians & { basis: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gaussians.covariance, {
    assumeSymmetric: true,
  });
  const mean = eigenvectorMatrix.transpose().mmul(Matrix.columnVector(gaussians.mean));
  return {
    mean: Float64Array.from(mean.to1DArray()),
    variances: Float64Array.from(realEigenvalues),
    basis: eigenvectorMatrix,
  };
}

/** basis · diag(variances) · basisᵀ, symmetric to the last bit. */
export function covarianceOf(variances: Float64Array, basis: Matrix): Matrix {
  return symmetric(basis.mmul(Matrix.diag(variances)).mmul(basis.transpose()));
}

export function symmetric(matrix: Matrix): Matrix {
  return matrix.clone().add(matrix.transpose()).mul(0.5);
}

/**
 * Mean and covariance of y·x over a sample. `x` holds n rows of d numbers, `y` n labels ±1. They are the maximum
 * likelihood fit, and because the penalised adversary's loss depends on the data through these two moments alone, the
 * robust fit to a sample is the robust fit to the Gaussians returned here.
 */
export function sampleMoments(x: Float64Array, y: ArrayLike<number>): Gaussians {
  const n = y.length;
  const dimension = x.length / n;
  const signed = new Matrix(n, dimension);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < dimension; j++) signed.set(i, j, (y[i] ?? 0) * (x[i * dimension + j] ?? 0));
  }
  const mean = signed.mean('column');
  const centred = signed.subRowVector(mean);
  return {
    mean: Float64Array.from(mean),
    covariance: symmetric(centred.transpose().mmul(centred).div(n)),
  };
}
