import type { Channels } from '../architecture-definition.js';
import { conv, globalAveragePool, type Layer } from '../layers.js';

export type Block = (filters: number, stride: 1 | 2) => Layer;

/** He et al. 2016 for 32×32 images: a 3×3 stem without pooling, four stages that halve the size from the second on. */
export function resnet(blocks: [number, number, number, number], block: Block, channels: Channels): Layer[] {
  const stages = blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, index) =>
      block(channels(64 * 2 ** stage), stage > 0 && index === 0 ? 2 : 1),
    ),
  );
  return [conv(channels(64)), ...stages, globalAveragePool];
}
