import type { ArtifactStore, Manifest } from '@toogit/artifacts';
import { readColumns, readDataset } from '@toogit/datasets';
import { ToogitError } from '@toogit/errors';
import type { ExampleGrid } from '@toogit/report';
import type { Input } from './inputs.js';

/** The first example of every class, by original label, beside the image it was made from. */
export async function exampleGrid(
  artifacts: ArtifactStore,
  synthesized: Input<'synthesizedDataset'>,
  dataset: Input<'dataset'>,
): Promise<ExampleGrid> {
  const { columns } = await readColumns(artifacts, synthesized.manifest);
  const column = (name: string) => int32Column(columns[name]?.data, name);
  const [labels, originalLabels, sourceIndex] = ['labels', 'originalLabels', 'sourceIndex'].map(column) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const { name: title, imageShape, classNames } = synthesized.facts;
  const nameOf = (label: number | undefined) => classNames[label ?? -1] ?? String(label);
  const firsts = classNames.map((_, label) => originalLabels.indexOf(label)).filter((index) => index >= 0);
  const pairs = await Promise.all(
    firsts.map(async (index) => ({
      original: await imageAt(artifacts, dataset.manifest, sourceIndex[index] as number),
      adversarial: await imageAt(artifacts, synthesized.manifest, index),
      originalLabel: nameOf(originalLabels[index]),
      newLabel: nameOf(labels[index]),
    })),
  );
  return { title, imageShape, pairs };
}

async function imageAt(artifacts: ArtifactStore, manifest: Manifest, index: number): Promise<Float32Array> {
  const { images } = await readDataset(artifacts, manifest, { start: index, count: 1 });
  return images.dtype === 'uint8'
    ? Float32Array.from(images.data, (byte) => byte / 255)
    : Float32Array.from(images.data);
}

function int32Column(data: unknown, name: string): Int32Array {
  if (data instanceof Int32Array) return data;
  throw new ToogitError('ARTIFACT_INVALID', `The synthesised data set has no int32 column "${name}".`);
}
