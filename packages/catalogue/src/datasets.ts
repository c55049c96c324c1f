import type { ImageShape } from '@toogit/networks';
import { cifar10 } from './datasets/cifar10.js';
import { mnist } from './datasets/mnist.js';
import { restrictedImagenet } from './datasets/restricted-imagenet.js';
import { shapes } from './datasets/shapes.js';
import type { DatasetDefinition } from './definitions/dataset-definition.js';

/** The data sets that a spec may name. */
const registry = { cifar10, mnist, 'restricted-imagenet': restrictedImagenet, shapes };

type Registry = typeof registry;
export type DatasetName = keyof Registry;
type NameOf<S> = { [K in DatasetName]: Registry[K]['source'] extends S ? K : never }[DatasetName];

export const datasets: Record<DatasetName, DatasetDefinition> = registry;
export const datasetNames = Object.keys(datasets) as [DatasetName, ...DatasetName[]];

const namesOf = <S extends DatasetDefinition['source']>(source: S) =>
  datasetNames.filter((name) => datasets[name].source === source) as [NameOf<S>, ...NameOf<S>[]];
export const publishedNames = namesOf('published');
/** Of those whose images are files of the user's. */
export const directoryNames = namesOf('directory');

/** @param imageSize height and width, where the data set has no size of its own; else null */
export function imageShapeOf(dataset: DatasetName, imageSize: number | null): ImageShape {
  const [height, width, channels] = datasets[dataset].shape;
  return [imageSize ?? height, imageSize ?? width, channels];
}
