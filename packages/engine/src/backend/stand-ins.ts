import type { DataId, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorMetadata } from './data-types.js';
import type { NodeBackend } from './node-backend.js';
import { tf } from './tf.js';

/**
 * What the function sees while traced: a symbolic tensor of its own for each input and variable, even where two are
 * the same tensor (their ids would coincide, and one of the two would be ignored).
 */
export class StandIns {
  readonly inputs: Tensor[];
  readonly metadata: TensorMetadata[];
  readonly #backend: NodeBackend;
  readonly #variables: { variable: Variable; standIn: Tensor; original: DataId }[];
  #restored = false;

  constructor(backend: NodeBackend, examples: readonly Tensor[], variables: readonly Variable[]) {
    this.#backend = backend;
    this.metadata = [...examples, ...variables].map(({ shape, dtype }) => ({
      id: backend.binding.newSymbolicId(),
      shape: [...shape],
      dtype: backend.getDTypeInteger(dtype),
    }));
    const all = this.metadata.map((metadata) => tf.keep(backend.createOutputTensor(metadata)));
    this.inputs = all.slice(0, examples.length);
    this.#variables = variables.map((variable, i) => {
      const standIn = all[examples.length + i] as Tensor;
      const original = variable.dataId;
      this.#backend.incRef(standIn.dataId); // an assign() inside must not free it
      variable.dataId = standIn.dataId;
      return { variable, standIn, original };
    });
  }

  assigned(): Variable[] {
    return this.#variables.filter((v) => v.variable.dataId !== v.standIn.dataId).map((v) => v.variable);
  }

  restore(): void {
    if (this.#restored) return;
    this.#restored = true;
    for (const { variable, standIn, original } of this.#variables) {
      if (variable.dataId !== standIn.dataId) this.#drop(variable.dataId, false);
      variable.dataId = original;
    }
    for (const input of this.inputs) input.dispose();
    for (const { standIn } of this.#variables) {
      const { dataId } = standIn;
      standIn.dispose();
      this.#drop(dataId, true);
    }
  }

  #drop(dataId: DataId, force: boolean): void {
    if (this.#backend.tensorMap.has(dataId) && this.#backend.disposeData(dataId, force)) {
      tf.engine().removeDataId(dataId, this.#backend);
    }
  }
}
