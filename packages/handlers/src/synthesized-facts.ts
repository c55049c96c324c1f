import type { ManifestPart } from '@toogit/artifacts';
import type { Construction } from '@toogit/catalogue';
import type { BlockType } from './blocks.js';
import type { Input } from './inputs.js';
import { partNamed } from './weights.js';

/** What every synthesised set states: it is named by its construction, and of its origin's split, shape and classes. */
export function synthesizedFacts({ facts }: Input<'dataset'>, construction: Construction, examples: number) {
  const { split, imageShape, classNames, mean, std } = facts;
  return {
    name: construction,
    split,
    examples,
    imageShape,
    imageDtype: 'float32' as const,
    classNames,
    mean,
    std,
    construction,
    attack: null,
    attackSuccess: null,
    maxNorm: null,
    meanNorm: null,
    inversion: null,
    meanDistance: null,
  };
}

/** The blocks' own images as the parts of a data set: referred to, not copied. */
export const shareImages = (blocks: Input<BlockType>[]): ManifestPart[] =>
  blocks.map(({ manifest }, index) => ({
    ...partNamed(manifest, 'images'),
    name: `images-${String(index).padStart(4, '0')}`,
  }));
