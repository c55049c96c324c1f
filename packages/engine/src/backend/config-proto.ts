export interface ContextConfig {
  /** Threads within an operation and between operations; results are bit-equal only at equal `threads`. */
  threads: number;
  /** Hide every GPU from TensorFlow. */
  hideGpu: boolean;
}

/**
 * What a traced function computes in. `bfloat16` lets TensorFlow's graph optimiser keep convolutions and matrix products
 * of a CPU in bfloat16 (8 bits of mantissa; sums in float32): faster on CPUs that have it (AVX-512 BF16, AMX), without
 * effect on GPUs and on CPUs for which TensorFlow does not use oneDNN (`Engine.bfloat16`). Inputs, outputs and variables are float32 either way.
 */
export type Precision = 'float32' | 'bfloat16';

/** The graph optimiser's part of a `ConfigProto`, given with each call of a traced function. */
export function encodePrecision(precision: Precision): Uint8Array {
  if (precision === 'float32') return new Uint8Array(0);
  const rewriterConfig = intField(31, 1); // auto_mixed_precision_onednn_bfloat16: ON
  const graphOptions = bytesField(10, rewriterConfig);
  return Uint8Array.from(bytesField(10, graphOptions));
}

/** Serialises TensorFlow's `ConfigProto` (tensorflow/core/protobuf/config.proto), the fields that we set. */
export function encodeConfigProto({ threads, hideGpu }: ContextConfig): Uint8Array {
  const noGpu = [...bytesField(1, Buffer.from('GPU')), ...intField(2, 0)]; // an entry of device_count
  const allowGrowth = intField(4, 1); // of GPUOptions: take GPU memory as needed, not all at once
  return Uint8Array.from([
    ...(hideGpu ? bytesField(1, noGpu) : []),
    ...intField(2, threads), // intra_op_parallelism_threads
    ...intField(5, threads), // inter_op_parallelism_threads
    ...bytesField(6, allowGrowth),
  ]);
}

const intField = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];

const bytesField = (field: number, bytes: Iterable<number>): number[] => {
  const content = [...bytes];
  return [(field << 3) | 2, ...varint(content.length), ...content];
};

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
