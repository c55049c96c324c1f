import type { ArtifactStore, HostTensor } from '@toogit/artifacts';
import { ToogitError } from '@toogit/errors';
import { type AttackParams, canonicalJson } from '@toogit/jobs';
import type { Input } from './inputs.js';
import { partNamed } from './weights.js';

type Block = Input<'adversarialExamples'>;

/** One value for each adversarial example, over all blocks in order. */
export interface AdversarialColumns {
  originalLabels: Int32Array;
  targetLabels: Int32Array;
  predictedLabels: Int32Array;
  sourceIndex: Int32Array;
  perturbationNorm: Float32Array;
}

/**
 * Blocks of one attack in the order of their examples.
 * @throws ARTIFACT_INVALID if they leave gaps, overlap, or come from different attacks or source models.
 */
export function inOrder(blocks: Block[]): Block[] {
  const sorted = blocks.toSorted((a, b) => a.facts.block.start - b.facts.block.start);
  sorted.forEach((block, index) => {
    const before = sorted[index - 1];
    if (before === undefined) return;
    const end = before.facts.block.start + before.facts.block.count;
    if (block.facts.block.start !== end) {
      throw new ToogitError(
        'ARTIFACT_INVALID',
        `A block of adversarial examples ends at ${end} and the next starts at ${block.facts.block.start}.`,
      );
    }
    if (origin(block) !== origin(before)) {
      throw new ToogitError(
        'ARTIFACT_INVALID',
        'Blocks of adversarial examples come from different attacks or source models.',
      );
    }
  });
  return sorted;
}

const origin = ({ facts }: Block) => canonicalJson({ attack: facts.attack, sourceModel: facts.sourceModel });

/** What all blocks share. */
export function attackOfBlocks([first]: Block[]): { attack: AttackParams; sourceModel: string } {
  if (first === undefined) throw new ToogitError('INTERNAL', 'There are no blocks of adversarial examples.');
  return { attack: first.facts.attack, sourceModel: first.facts.sourceModel };
}

export async function readColumns(artifacts: ArtifactStore, blocks: Block[]): Promise<AdversarialColumns> {
  const parts = await Promise.all(
    blocks.map(({ manifest }) => artifacts.readTensors(partNamed(manifest, 'columns'))),
  );
  const int32 = (name: string) => join(Int32Array, parts, name);
  return {
    originalLabels: int32('originalLabels'),
    targetLabels: int32('targetLabels'),
    predictedLabels: int32('predictedLabels'),
    sourceIndex: int32('sourceIndex'),
    perturbationNorm: join(Float32Array, parts, 'perturbationNorm'),
  };
}

export async function readImages(artifacts: ArtifactStore, blocks: Block[]): Promise<Float32Array> {
  const parts = await Promise.all(
    blocks.map(({ manifest }) => artifacts.readTensors(partNamed(manifest, 'images'))),
  );
  return join(Float32Array, parts, 'images');
}

function join<A extends Int32Array | Float32Array>(
  type: { new (length: number): A },
  parts: Record<string, HostTensor>[],
  name: string,
): A {
  const pieces = parts.map((tensors) => {
    const data = tensors[name]?.data;
    if (!(data instanceof type)) {
      throw new ToogitError(
        'ARTIFACT_INVALID',
        `A block of adversarial examples has no ${type.name} "${name}".`,
      );
    }
    return data;
  });
  const joined = new type(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
