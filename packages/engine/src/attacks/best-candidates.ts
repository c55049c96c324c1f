import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import { type AttackObjective, attackTerms, variablesOf } from './attack-objective.js';
import { objectiveValues } from './loss-terms.js';

/** (x, labels, and original labels where there are non-transfer models) -> [objective [n], success bool [n]] */
export type Judge = TracedFunction<tf.Tensor[], [tf.Tensor4D, ...tf.Tensor1D[]]>;

/** An attack that must not transfer succeeds where it does that, too. */
export function traceJudge(objective: AttackObjective, x: tf.Tensor4D, labels: tf.Tensor1D): Judge {
  return traceFunction(
    (x: tf.Tensor4D, ...[labels, original]: tf.Tensor1D[]) => {
      const terms = attackTerms(objective, x, labels as tf.Tensor1D, original);
      const [hit, ...kept] = terms.map(({ logits, labels }) => logits.argMax(1).equal(labels)) as [
        tf.Tensor,
        ...tf.Tensor[],
      ];
      const success = objective.targeted ? hit : hit.logicalNot();
      return [objectiveValues(terms), kept.reduce((all, each) => all.logicalAnd(each), success)];
    },
    [x, labels, ...(objective.nonTransferModels.length > 0 ? [labels] : [])],
    { variables: variablesOf(objective) },
  );
}

type Candidates = { x: tf.Tensor4D; objective: tf.Tensor; success: tf.Tensor };

/** Each example's best candidate until now: one that succeeds beats one that doesn't, then the higher objective wins. */
export class BestCandidates {
  #kept: Candidates | null = null;

  constructor(
    private readonly judge: Judge,
    private readonly labels: tf.Tensor1D[],
  ) {}

  /** x stays the caller's. */
  async offer(x: tf.Tensor4D): Promise<void> {
    const [objective, success] = (await this.judge.async(x, ...this.labels)) as [tf.Tensor, tf.Tensor];
    if (!this.#kept) {
      this.#kept = { x: x.clone(), objective, success };
      return;
    }
    const old = this.#kept;
    this.#kept = tf.tidy(() => better({ x, objective, success }, old));
    tf.dispose([objective, success]);
    tf.dispose(old);
  }

  /** A new tensor, null before the first offer. */
  best(): tf.Tensor4D | null {
    return this.#kept?.x.clone() ?? null;
  }

  dispose(): void {
    if (this.#kept) tf.dispose(this.#kept);
    this.#kept = null;
  }
}

function better(offered: Candidates, kept: Candidates): Candidates {
  const higher = offered.success.equal(kept.success).logicalAnd(offered.objective.greater(kept.objective));
  const wins = offered.success.logicalAnd(kept.success.logicalNot()).logicalOr(higher);
  return {
    x: tf.where(wins.reshape([-1, 1, 1, 1]), offered.x, kept.x),
    objective: tf.where(wins, offered.objective, kept.objective),
    success: tf.where(wins, offered.success, kept.success),
  };
}
