/** Layers as data: an architecture is a list of these, and one walk over it gives shapes, parameters, cost and output. */
export type Layer =
  | ConvLayer
  | BatchNormLayer
  | PoolLayer
  | ResidualLayer
  | ConcatLayer
  | GlobalPoolLayer
  | FlattenLayer
  | DenseLayer;

/** Convolution with zero padding that keeps the size (halves it at stride 2), then a bias, batch norm, ReLU: whichever it has. */
export interface ConvLayer {
  kind: 'conv';
  filters: number;
  /** Height and width of the kernel, odd both. */
  size: readonly [number, number];
  stride: 1 | 2;
  bias: boolean;
  batchNorm: boolean;
  relu: boolean;
}

/** Batch norm that follows no convolution, as in pre-activation networks. */
export interface BatchNormLayer {
  kind: 'batchNorm';
  relu: boolean;
}

/**
 * Over windows of size×size. Where the size is odd, the margin that keeps the image's size is added on every side, as in
 * PyTorch: below every number for a maximum, zeros that count for an average.
 */
export interface PoolLayer {
  kind: 'maxPool' | 'averagePool';
  size: 2 | 3;
  stride: 1 | 2;
}

/** x + body(x), with a 1×1 convolution on x where the shapes differ (He et al. 2016, option B). */
export interface ResidualLayer {
  kind: 'residual';
  body: Layer[];
  relu: boolean;
  /** Whether batch norm follows the convolution on x. */
  shortcutNorm: boolean;
}

/** The branches' outputs for the same x, one after the other along the channels; a branch without layers is x itself. */
export interface ConcatLayer {
  kind: 'concat';
  branches: Layer[][];
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

/** 3×3, batch norm and ReLU unless given otherwise; a bias where there is no batch norm. */
export function conv(
  filters: number,
  {
    size = 3,
    ...options
  }: Partial<Omit<ConvLayer, 'kind' | 'filters' | 'size'>> & {
    size?: number | readonly [number, number];
  } = {},
): ConvLayer {
  return {
    kind: 'conv',
    filters,
    size: typeof size === 'number' ? [size, size] : size,
    stride: 1,
    bias: options.batchNorm === false,
    batchNorm: true,
    relu: true,
    ...options,
  };
}

export const batchNormRelu: BatchNormLayer = { kind: 'batchNorm', relu: true };
export const maxPool: PoolLayer = { kind: 'maxPool', size: 2, stride: 2 };
export const averagePool: PoolLayer = { kind: 'averagePool', size: 2, stride: 2 };
export const flatten: FlattenLayer = { kind: 'flatten' };
export const globalMaxPool: GlobalPoolLayer = { kind: 'globalPool', by: 'max' };
export const globalAveragePool: GlobalPoolLayer = { kind: 'globalPool', by: 'average' };
export const dense = (units: number): DenseLayer => ({ kind: 'dense', units, bias: true, relu: true });
export const residual = (
  body: Layer[],
  { relu, shortcutNorm = true }: { relu: boolean; shortcutNorm?: boolean },
): ResidualLayer => ({ kind: 'residual', body, relu, shortcutNorm });
export const concat = (...branches: Layer[][]): ConcatLayer => ({ kind: 'concat', branches });
