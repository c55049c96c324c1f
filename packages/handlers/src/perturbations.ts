import { type ArtifactStore, elementCount } from '@toogit/artifacts';
import { readDataset } from '@toogit/datasets';
import { type Classifier, type DeviceDataset, deviceDataset, tf } from '@toogit/engine';
import { type AdversarialColumns, readColumns } from './adversarial-blocks.js';
import { hasOtherTarget } from './attack-outcome.js';
import { tensorData } from './blocks.js';
import type { Input } from './inputs.js';
import { pixelsOf } from './on-device.js';
import { shiftedPredictions } from './shifted-predictions.js';
import { partNamed } from './weights.js';

/** Perturbations toward each class that are tried for the most effective one: the first. */
const candidatesPerClass = 16;

/** Attacked images that each candidate is tried on, spread evenly over them; those of the class itself don't count. */
const triedOn = 200;

/** A perturbation, and which image it was made for. */
interface Candidate {
  perturbation: Float32Array<ArrayBuffer>;
  sourceIndex: number;
}

/** Of each class, in class order. */
export interface PerturbationsByClass {
  /** Perturbations toward the class, of images of other classes. */
  counts: number[];
  /** [h,w,c]; zero where there are none. */
  means: Float32Array[];
  candidates: Candidate[][];
}

/** Goes over the attacked examples block by block: x' − x, sorted by target. */
export async function perturbationsByClass(
  artifacts: ArtifactStore,
  dataset: Input<'dataset'>,
  blocks: Input<'adversarialExamples'>[],
): Promise<PerturbationsByClass> {
  const { imageShape, classNames } = dataset.facts;
  const pixels = elementCount([...imageShape]);
  const counts = classNames.map(() => 0);
  const sums = classNames.map(() => new Float64Array(pixels));
  const candidates = classNames.map((): Candidate[] => []);
  for (const block of blocks) {
    const columns = await readColumns(artifacts, [block]);
    const { targetLabels, sourceIndex } = columns;
    const perturbations = await perturbationsOf(artifacts, dataset, block);
    targetLabels.forEach((target, index) => {
      if (!hasOtherTarget(columns, index)) return;
      const perturbation = perturbations.subarray(index * pixels, (index + 1) * pixels);
      const sum = sums[target] as Float64Array;
      perturbation.forEach((value, pixel) => {
        sum[pixel] = (sum[pixel] as number) + value;
      });
      counts[target] = (counts[target] ?? 0) + 1;
      const known = candidates[target] as Candidate[];
      if (known.length < candidatesPerClass) {
        known.push({ perturbation: perturbation.slice(), sourceIndex: sourceIndex[index] as number });
      }
    });
  }
  const means = sums.map((sum, label) =>
    Float32Array.from(sum, (value) => value / Math.max(1, counts[label] as number)),
  );
  return { counts, means, candidates };
}

/** x' − x of one block. */
async function perturbationsOf(
  artifacts: ArtifactStore,
  dataset: Input<'dataset'>,
  { manifest, facts }: Input<'adversarialExamples'>,
): Promise<Float32Array> {
  const adversarial = await artifacts.readTensors(partNamed(manifest, 'images'));
  const { images } = await readDataset(artifacts, dataset.manifest, facts.block);
  const original = pixelsOf(images);
  const unit = original instanceof Uint8Array ? 255 : 1;
  return tensorData(Float32Array, adversarial, 'images').map(
    (value, at) => value - (original[at] as number) / unit,
  );
}

/**
 * Of each class the candidate that, added to other images of a sample, makes the model take most of them for the class;
 * the first of equals. Zero where there is no candidate.
 */
export async function mostEffective(
  model: Classifier,
  attacked: DeviceDataset,
  columns: AdversarialColumns,
  { candidates, means }: PerturbationsByClass,
  { batchSize, signal }: { batchSize: number; signal: AbortSignal },
): Promise<Float32Array[]> {
  const sample = evenlySpaced(attacked.size, triedOn);
  const { originalLabels, sourceIndex } = columns;
  const images = select(attacked, sample);
  const shifted = shiftedPredictions(model, images, batchSize);
  try {
    const best: Float32Array[] = [];
    for (const [label, tried] of candidates.entries()) {
      let most = -1;
      let winner = new Float32Array((means[label] as Float32Array).length);
      for (const { perturbation, sourceIndex: own } of tried) {
        const predictions = await shifted.of(perturbation, signal);
        const turned = sample.filter(
          (index, at) =>
            predictions[at] === label && originalLabels[index] !== label && sourceIndex[index] !== own,
        ).length;
        if (turned <= most) continue;
        most = turned;
        winner = perturbation;
      }
      best.push(winner);
    }
    return best;
  } finally {
    shifted.dispose();
    images.dispose();
  }
}

/** Some examples as a data set of their own; labels aren't carried over. */
function select(dataset: DeviceDataset, indices: Int32Array): DeviceDataset {
  const images = tf.tidy(() => dataset.images(tf.tensor1d(indices, 'int32')));
  const pixels = images.dataSync<'float32'>();
  images.dispose();
  return deviceDataset(pixels, dataset.imageShape, new Int32Array(indices.length));
}

const evenlySpaced = (size: number, wanted: number): Int32Array => {
  const n = Math.min(size, wanted);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((i * size) / n));
};
