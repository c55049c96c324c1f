import type { ArtifactStore } from '@toogit/artifacts';
import type { AttackParams } from '@toogit/catalogue';
import { blocksInOrder, firstBlock, joinTensors, readParts } from './blocks.js';
import type { Input } from './inputs.js';

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
export const inOrder = (blocks: Block[]): Block[] =>
  blocksInOrder(blocks, ({ facts: { attack, sourceModel } }) => ({ attack, sourceModel }));

/** What all blocks share. */
export function attackOfBlocks(blocks: Block[]): { attack: AttackParams; sourceModel: string } {
  const { attack, sourceModel } = firstBlock(blocks, 'adversarialExamples').facts;
  return { attack, sourceModel };
}

export async function readColumns(artifacts: ArtifactStore, blocks: Block[]): Promise<AdversarialColumns> {
  const parts = await readParts(artifacts, blocks, 'columns');
  const int32 = (name: string) => joinTensors(Int32Array, parts, name);
  return {
    originalLabels: int32('originalLabels'),
    targetLabels: int32('targetLabels'),
    predictedLabels: int32('predictedLabels'),
    sourceIndex: int32('sourceIndex'),
    perturbationNorm: joinTensors(Float32Array, parts, 'perturbationNorm'),
  };
}

export async function readImages(artifacts: ArtifactStore, blocks: Block[]): Promise<Float32Array> {
  return joinTensors(Float32Array, await readParts(artifacts, blocks, 'images'), 'images');
}
