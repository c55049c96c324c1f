import type { DatasetName } from './values.js';

export type ImageShape = readonly [height: number, width: number, channels: number];

/** What the images of a data set are like. */
interface DatasetImages {
  shape: ImageShape;
  /** Whether an image's mirror image is one of the same class: so it is of photographs, and not of digits. */
  mirrorable: boolean;
}

export const datasetImages: Record<DatasetName, DatasetImages> = {
  cifar10: { shape: [32, 32, 3], mirrorable: true },
  mnist: { shape: [28, 28, 1], mirrorable: false },
  'restricted-imagenet': { shape: [224, 224, 3], mirrorable: true },
};

/** @param imageSize height and width, where the data set has no size of its own; else null */
export function imageShapeOf(dataset: DatasetName, imageSize: number | null): ImageShape {
  const [height, width, channels] = datasetImages[dataset].shape;
  return [imageSize ?? height, imageSize ?? width, channels];
}
