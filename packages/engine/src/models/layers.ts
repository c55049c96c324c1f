/** Layers as data: an architecture is a list of these, and one walk over it gives shapes, parameters, cost and output. */
export type Layer = ConvLayer | MaxPoolLayer | ResidualLayer | GlobalPoolLayer | FlattenLayer | DenseLayer;

/** Convolution with zero padding that keeps the size (halves it at stride 2), then batch norm or a bias. */
export interface ConvLayer {
  kind: 'conv';
  filters: number;
  size: number;
  stride: 1 | 2;
  batchNorm: boolean;
  relu: boolean;
}

/** 2×2, stride 2. */
export interface MaxPoolLayer {
  kind: 'maxPool';
}

/** x + body(x), with a 1×1 convolution on x where the shapes differ (He et al. 2016, option B). */
export interface ResidualLayer {
  kind: 'residual';
  body: Layer[];
  relu: boolean;
}

/** Over height and width: [n,h,w,c] -> [n,c]. */
export interface GlobalPoolLayer {
  kind: 'globalPool';
  by: 'max' | 'average';
}

export interface FlattenLayer {
  kind: 'flatten';
}

export interface DenseLayer {
  kind: 'dense';
  units: number;
  bias: boolean;
  relu: boolean;
}

export const conv = (
  filters: number,
  options: Partial<Omit<ConvLayer, 'kind' | 'filters'>> = {},
): ConvLayer => ({
  kind: 'conv',
  filters,
  size: 3,
  stride: 1,
  batchNorm: true,
  relu: true,
  ...options,
});

export const maxPool: MaxPoolLayer = { kind: 'maxPool' };
export const flatten: FlattenLayer = { kind: 'flatten' };
export const globalMaxPool: GlobalPoolLayer = { kind: 'globalPool', by: 'max' };
export const globalAveragePool: GlobalPoolLayer = { kind: 'globalPool', by: 'average' };
export const dense = (units: number): DenseLayer => ({ kind: 'dense', units, bias: true, relu: true });
export const residual = (body: Layer[], { relu }: { relu: boolean }): ResidualLayer => ({
  kind: 'residual',
  body,
  relu,
});
