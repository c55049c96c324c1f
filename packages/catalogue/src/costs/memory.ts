import type { NetworkCost } from '@toogit/networks';
import type { HeldImages } from '../definitions/kind-definition.js';

/*
 * The memory that a job needs, in bytes: what its compute process holds at its peak, from a fresh start to the end of the
 * job. The constants were fitted to the peaks that attempts record (docs/worker.md, "Memory"), on the CPU with one
 * thread; an estimate is meant to lie between the peak and twice the peak.
 */

const megabyte = 1e6;

/** Node with TensorFlow loaded is 430 MB; compiled functions, their buffers and the allocator's slack take the rest. */
const tensorProcess = 640 * megabyte;

/** Node with our code is 110 MB; the rest is parts of 64 MB on their way through it. */
const plainProcess = 240 * megabyte;

/** A report holds its inputs' galleries and draws them. */
const reportProcess = 400 * megabyte;

export const bytesOf = ({ examples, pixels, bytesPerPixel }: HeldImages): number =>
  examples * pixels * bytesPerPixel;

/** What a network costs on these images. */
export type NetworkMemory = Pick<NetworkCost, 'activations' | 'parameters'>;

/** Copies of a data set while it goes to the device: as read, as packed (bytes only), as the device has it. */
const loading = (images: HeldImages) => bytesOf(images) * (images.bytesPerPixel === 1 ? 5 : 2.5);

/** Loading is over when computing begins. */
const process = (images: HeldImages, computing: number) =>
  tensorProcess + Math.max(loading(images), bytesOf(images) + computing);

const float32 = 4;

/** Activations kept for the backward pass: outputs, what batch norm and ReLU remember, gradients and their buffers. */
const keptByTraining = 4.4;
/** A frozen network has no batch norm and no gradients of its weights: half the outputs and their gradients are left. */
const keptByGradient = 1;
/** A forward pass frees what the next layers don't need. */
const keptByForward = 0.25;
/** Weights, momentum, gradients, and the copy that a checkpoint is written from. */
const parameterSlots = 4;

const activationBytes = ({ activations }: NetworkMemory, batchSize: number) =>
  float32 * activations * batchSize;

/** `probe`: only the last layer is trained. */
export function trainingMemory(
  { batchSize, probe }: { batchSize: number; probe: boolean },
  network: NetworkMemory,
  images: HeldImages,
): number {
  const kept = probe ? keptByForward : keptByTraining;
  const batch = Math.min(batchSize, images.examples);
  const parameters = parameterSlots * float32 * network.parameters;
  return process(images, kept * activationBytes(network, batch) + parameters);
}

/** Gradients to a batch of images through each of the networks: attacks, inversions, universal perturbations. */
export const gradientMemory = (
  networks: readonly NetworkMemory[],
  batchSize: number,
  images: HeldImages,
): number =>
  process(
    images,
    networks.reduce((sum, network) => sum + gradientBytes(network, batchSize), 0),
  );

const gradientBytes = (network: NetworkMemory, batchSize: number) =>
  keptByGradient * activationBytes(network, batchSize) + float32 * network.parameters;

/** An attack on features keeps the best image beside the gradients, and judges both: three passes in one function. */
export const featureAttackMemory = (network: NetworkMemory, batchSize: number, images: HeldImages): number =>
  process(images, 3 * gradientBytes(network, batchSize));

/** Predictions of the networks, which stay, for a data set and for adversarial examples of it: float32, in three copies. */
export function predictionMemory(
  networks: readonly NetworkMemory[],
  batchSize: number,
  images: HeldImages,
  adversarial: number,
): number {
  const attacked = bytesOf({ ...images, examples: adversarial, bytesPerPixel: 4 });
  const largest = Math.max(0, ...networks.map((network) => activationBytes(network, batchSize)));
  const parameters = networks.reduce((sum, network) => sum + float32 * network.parameters, 0);
  return process(images, 3 * attacked + keptByForward * largest + parameters);
}

/** A small data set's whole source is read; a large one comes in parts. */
export const importMemory = (source: HeldImages): number =>
  plainProcess + 2.8 * Math.min(bytesOf(source), 256 * megabyte);

/** Adversarial examples pass through block by block; of a mislabelled set all images are read, then those kept. */
export const synthesisMemory = (images: HeldImages, copied: boolean) =>
  plainProcess + (copied ? 2 * bytesOf(images) : 0);

export const smallResultMemory = plainProcess;
export const reportMemory = reportProcess;
