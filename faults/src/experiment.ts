import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const imageSize = 12;
const imagesOfAClass = 8;
/** One folder for each of three of the nine groups. */
const folders = ['n02085620', 'n02123045', 'n01641577'];

/** A tiny "ImageNet" in class folders, the same pixels every time: stripes whose width encodes the class. */
export async function writeImages(directory: string): Promise<void> {
  for (const [label, folder] of folders.entries()) {
    await mkdir(join(directory, 'train', folder), { recursive: true });
    for (let image = 0; image < imagesOfAClass; image++) {
      const pixels = Buffer.alloc(imageSize * imageSize * 3);
      for (let at = 0; at < pixels.length; at++) {
        const row = Math.floor(at / (3 * imageSize));
        pixels[at] =
          (Math.floor((row + image) / (label + 1)) % 2 === 0 ? 40 : 190) + ((at * (image + 7)) % 31);
      }
      await sharp(pixels, { raw: { width: imageSize, height: imageSize, channels: 3 } })
        .png()
        .toFile(join(directory, 'train', folder, `${folder}_${image}.JPEG`));
    }
  }
}

const images = { kind: 'dataset', dataset: 'restricted-imagenet', split: 'train', imageSize };

/** Attacks in small blocks on one small network, each evaluated and made a data set of: about 50 jobs. */
function attacks(epsilons: number[]) {
  return {
    name: `attacks ${epsilons.join(' ')}`,
    seed: 0,
    steps: {
      images: { ...images, examples: 24 },
      model: {
        ...{ kind: 'train', dataset: 'images', architecture: 'cnn', width: 0.125, epochs: 2, batchSize: 8 },
        ...{ learningRate: 0.02, schedule: { kind: 'linear', warmupFraction: 0.1 }, augmentation: 'none' },
      },
      attack: {
        ...{
          kind: 'attack',
          sourceModel: 'model',
          dataset: 'images',
          norm: 'l2',
          epsilon: '$' + '{epsilon}',
        },
        ...{ steps: 3, targets: 'next', blockSize: 3 },
      },
      evaluation: { kind: 'evaluate', model: 'model', dataset: 'images', attack: 'attack' },
      d_det: { kind: 'synthesize', construction: 'd_det', examples: 'attack' },
    },
    matrix: { epsilon: epsilons },
  };
}

/** A study of two Gaussians in two dimensions: one job. */
function gaussians(epsilon: number) {
  return {
    name: `gaussians ${epsilon}`,
    seed: 0,
    steps: { theory: { kind: 'theory', dimensions: [2], epsilons: [epsilon] } },
  };
}

export type Spec = ReturnType<typeof attacks> | ReturnType<typeof gaussians>;

/** What every run submits first: about 200 jobs. */
export const mainSpecs: Spec[] = [0, 1, 2, 3].map((part) =>
  attacks([0, 1, 2, 3, 4].map((i) => (5 * part + i + 1) / 10)),
);
/** What the faults submit. */
export const specOfKilledPost: Spec = gaussians(0.25);
export const specOfTwentyPosts: Spec = gaussians(0.5);

export const allSpecs = [...mainSpecs, specOfKilledPost, specOfTwentyPosts];
