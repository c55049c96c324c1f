import type { ArtifactStore, Manifest, StoredManifest } from '@toogit/artifacts';
import { type JobResult, jobKinds, type PlannedFigure } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { readColumns, readDataset } from '@toogit/datasets';
import type { ExampleGrid } from '@toogit/report';

/** Example images of the synthesised sets that the figures show, by digest: of each set under its first seed. */
export async function exampleGrids(
  artifacts: ArtifactStore,
  figures: readonly PlannedFigure[],
  sources: readonly StoredManifest[],
): Promise<Map<string, ExampleGrid>> {
  const rows = figures.flatMap((figure) => (figure.kind === 'examples' ? figure.rows : []));
  const firsts = new Map(rows.toReversed().map((row) => [`${row.point}\n${row.name}`, row]));
  const grids = new Map<string, ExampleGrid>();
  for (const { name, synthesized, dataset } of rows.filter((row) => [...firsts.values()].includes(row))) {
    const [made, from] = [sources[synthesized], sources[dataset]];
    if (made && from) grids.set(made.digest, await exampleGrid(artifacts, name, made, from));
  }
  return grids;
}

/** The first example of every class, by original label, beside the image it was made from. */
async function exampleGrid(
  artifacts: ArtifactStore,
  title: string,
  synthesized: StoredManifest,
  dataset: StoredManifest,
): Promise<ExampleGrid> {
  const facts = jobKinds.synthesize.result.parse(synthesized.manifest.meta);
  const { columns } = await readColumns(artifacts, synthesized.manifest);
  const column = (name: string) => int32Column(columns[name]?.data, name);
  const labels = column('labels');
  const originalLabels = column('originalLabels');
  const sourceIndex = column('sourceIndex');
  const { imageShape, classNames } = facts;
  const nameOf = (label: number | undefined) => classNames[label ?? -1] ?? String(label);
  const firsts = classNames.map((_, label) => originalLabels.indexOf(label)).filter((index) => index >= 0);
  const pairs = await Promise.all(
    firsts.map(async (index) => ({
      original: await imageAt(artifacts, dataset.manifest, sourceIndex[index] as number),
      synthesized: await imageAt(artifacts, synthesized.manifest, index),
      originalLabel: nameOf(originalLabels[index]),
      newLabel: nameOf(labels[index]),
    })),
  );
  return { title, made: madeBy(facts), imageShape, pairs };
}

function madeBy({ attack, inversion }: JobResult<'synthesize'>): ExampleGrid['made'] {
  if (attack !== null) return 'adversarial';
  return inversion === null ? 'unchanged' : 'inverted';
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
