import type { ArtifactStore, StoredManifest } from '@toogit/artifacts';

const size = 12;
const channels = 3;
const classNames = ['ring', 'cross', 'bars', 'blank'];
const shades = [
  (i: number, j: number) => Math.abs(Math.hypot(i - 5.5, j - 5.5) - 4) < 1,
  (i: number, j: number) => Math.abs(i - j) < 2 || Math.abs(i + j - 11) < 2,
  (i: number) => i % 4 < 2,
  () => false,
];

/** Small pictures of four classes, uint8, drawn from a fixed sequence: the same bytes every time. */
export async function storeSyntheticDataset(
  artifacts: ArtifactStore,
  { examples, split, seed }: { examples: number; split: 'train' | 'test'; seed: number },
): Promise<StoredManifest> {
  const random = sequence(seed);
  const images = new Uint8Array(examples * size * size * channels);
  const labels = Int32Array.from({ length: examples }, (_, index) => index % classNames.length);
  for (let at = 0; at < images.length; at++) {
    const pixel = Math.floor(at / channels);
    const label = labels[Math.floor(pixel / (size * size))] as number;
    const [i, j] = [Math.floor(pixel / size) % size, pixel % size];
    images[at] = 60 + (shades[label]?.(i, j) ? 90 : 0) + Math.floor(90 * random());
  }
  const half = Math.ceil(examples / 2);
  const imagePart = (name: string, from: number, to: number) =>
    artifacts.writeTensors(name, {
      images: {
        dtype: 'uint8',
        shape: [to - from, size, size, channels],
        data: images.slice(from * size * size * channels, to * size * size * channels),
      },
    });
  return artifacts.writeManifest({
    type: 'dataset',
    parts: [
      await imagePart('images-0000', 0, half),
      await imagePart('images-0001', half, examples),
      await artifacts.writeTensors('columns', {
        labels: { dtype: 'int32', shape: [examples], data: labels },
      }),
    ],
    meta: {
      name: 'synthetic',
      split,
      examples,
      imageShape: [size, size, channels],
      imageDtype: 'uint8',
      classNames,
      mean: [0.5, 0.5, 0.5],
      std: [0.2, 0.2, 0.2],
      pixelDigest: 'none',
    },
  });
}

/** A linear congruential sequence in [0,1). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
