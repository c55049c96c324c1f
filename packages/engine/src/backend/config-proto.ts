export interface ContextConfig {
  /** Threads within an operation and between operations; results are bit-equal only at equal `threads`. */
  threads: number;
  /** Hide every GPU from TensorFlow. */
  hideGpu: boolean;
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

const intField = (field: number, value: number): number[] => [field << 3, ...varint(value)];

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
