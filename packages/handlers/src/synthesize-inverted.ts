import { blocksInOrder, firstBlock, joinTensors, readParts } from './blocks.js';
import { manyInputs } from './inputs.js';
import { mean } from './summaries.js';
import type { Synthesis } from './synthesis.js';
import { shareImages, synthesizedFacts } from './synthesized-facts.js';

/** D_R and D_NR: images that a model represents as it does the originals, with the originals' labels. */
export const synthesizeInverted: Synthesis = async (context, dataset) => {
  const { artifacts, params } = context;
  const blocks = blocksInOrder(
    manyInputs(context, 'invertedExamples', 'invertedExamples'),
    ({ facts: { inversion, model } }) => ({ inversion, model }),
  );
  const { inversion } = firstBlock(blocks, 'invertedExamples').facts;
  const parts = await readParts(artifacts, blocks, 'columns');
  const representationDistance = joinTensors(Float32Array, parts, 'representationDistance');
  const n = representationDistance.length;
  const int32 = (name: string) => ({
    dtype: 'int32' as const,
    shape: [n],
    data: joinTensors(Int32Array, parts, name),
  });
  const columns = await artifacts.writeTensors('columns', {
    labels: int32('originalLabels'),
    originalLabels: int32('originalLabels'),
    sourceIndex: int32('sourceIndex'),
    startIndex: int32('startIndex'),
    representationDistance: { dtype: 'float32', shape: [n], data: representationDistance },
  });
  const meanDistance = mean(representationDistance);
  const { name, split } = dataset.facts;
  context.metric({
    name: 'representationDistance',
    value: meanDistance,
    unit: '1',
    step: null,
    n,
    ci95: null,
    context: { dataset: name, split, construction: params.construction, ...inversion },
  });
  return {
    parts: [...shareImages(blocks), columns],
    meta: { ...synthesizedFacts(dataset, params.construction, n), inversion, meanDistance, labelsKept: 1 },
  };
};
