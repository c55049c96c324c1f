import type { ArtifactStore, HostTensor } from '@toogit/artifacts';
import { canonicalJson, ToogitError } from '@toogit/core';
import type { Input } from './inputs.js';
import { partNamed } from './weights.js';

/** Artifacts that hold one block of a data set's examples. */
export type BlockType = 'adversarialExamples' | 'invertedExamples' | 'featureResponses';

/**
 * Blocks of one step in the order of their examples.
 * @param originOf what all of them must have in common
 * @throws ARTIFACT_INVALID if they leave gaps, overlap, or differ in origin
 */
export function blocksInOrder<B extends Input<BlockType>>(blocks: B[], originOf: (block: B) => object): B[] {
  const sorted = blocks.toSorted((a, b) => a.facts.block.start - b.facts.block.start);
  sorted.forEach((block, index) => {
    const before = sorted[index - 1];
    if (before === undefined) return;
    const { type } = block.manifest;
    const end = before.facts.block.start + before.facts.block.count;
    if (block.facts.block.start !== end) {
      throw new ToogitError(
        'ARTIFACT_INVALID',
        `A block of ${type} ends at ${end} and the next starts at ${block.facts.block.start}.`,
      );
    }
    if (canonicalJson(originOf(block)) !== canonicalJson(originOf(before))) {
      throw new ToogitError('ARTIFACT_INVALID', `Blocks of ${type} differ in settings or model.`);
    }
  });
  return sorted;
}

/** @throws INTERNAL where there are none */
export function firstBlock<B>([first]: B[], type: BlockType): B {
  if (first === undefined) throw new ToogitError('INTERNAL', `There are no blocks of ${type}.`);
  return first;
}

/** Examples over all blocks. */
export const examplesIn = (blocks: Input<BlockType>[]): number =>
  blocks.reduce((sum, { facts }) => sum + facts.block.count, 0);

/** One part of every block, in their order. */
export function readParts(
  artifacts: ArtifactStore,
  blocks: Input<BlockType>[],
  part: string,
): Promise<Record<string, HostTensor>[]> {
  return Promise.all(blocks.map(({ manifest }) => artifacts.readTensors(partNamed(manifest, part))));
}

/** One tensor over all parts, end to end. @throws ARTIFACT_INVALID where a part lacks it */
export function joinTensors<A extends Int32Array | Float32Array>(
  type: { new (length: number): A },
  parts: Record<string, HostTensor>[],
  name: string,
): A {
  const pieces = parts.map((tensors) => tensorData(type, tensors, name));
  const joined = new type(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** @throws ARTIFACT_INVALID if there is no such tensor, or of another type */
export function tensorData<A extends Int32Array | Float32Array>(
  type: { new (length: number): A },
  tensors: Record<string, HostTensor>,
  name: string,
): A {
  const data = tensors[name]?.data;
  if (data instanceof type) return data;
  throw new ToogitError('ARTIFACT_INVALID', `A part of an artifact has no ${type.name} "${name}".`);
}
