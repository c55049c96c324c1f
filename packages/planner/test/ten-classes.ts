import type { ArtifactStore, StoredManifest } from '@toogit/artifacts';
import type { JobParams } from '@toogit/catalogue';

const size = 32;

/** Waves of ten directions and lengths in noise, 32×32×3, from a fixed sequence. */
export async function storeTenClasses(
  artifacts: ArtifactStore,
  { split, examples }: JobParams<'dataset.import'>,
): Promise<StoredManifest> {
  if (examples === null) throw new Error('a tiny study says how many examples');
  const random = sequence(split === 'train' ? 1 : 2);
  const labels = Int32Array.from({ length: examples }, () => Math.floor(10 * random()));
  const images = Uint8Array.from({ length: examples * size * size * 3 }, (_, at) => {
    const label = labels[Math.floor(at / (size * size * 3))] ?? 0;
    const [row, column] = [Math.floor(at / (size * 3)) % size, Math.floor(at / 3) % size];
    const wave = Math.sin((row * (1 + (label % 3)) + column * (1 + (label >> 1))) / 3);
    return 60 + (wave > 0 ? 60 : 0) + Math.floor(100 * random());
  });
  return artifacts.writeManifest({
    type: 'dataset',
    parts: [
      await artifacts.writeTensors('images-0000', {
        images: { dtype: 'uint8', shape: [examples, size, size, 3], data: images },
      }),
      await artifacts.writeTensors('columns', {
        labels: { dtype: 'int32', shape: [examples], data: labels },
      }),
    ],
    meta: {
      name: 'ten-classes',
      split,
      examples,
      imageShape: [size, size, 3],
      imageDtype: 'uint8',
      classNames: Array.from({ length: 10 }, (_, i) => `wave ${i}`),
      mean: [0.55, 0.55, 0.55],
      std: [0.16, 0.16, 0.16],
      pixelDigest: 'none',
    },
  });
}

/** Numbers in [0,1): a linear congruential sequence. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
