import {
  type AttackName,
  type AttackParams,
  methodOf,
  ownParametersOf,
  type RuleParams,
} from '@toogit/catalogue';
import { type PerturbationSet, type StepRule, stepRules } from '@toogit/engine';

type Rules = { [N in AttackName]: (set: PerturbationSet, params: RuleParams<N>) => StepRule };
type AnyRule = (set: PerturbationSet, params: Record<string, unknown>) => StepRule;

/** Does not compile while an attack of the catalogue has no rule in the engine that takes its parameters. */
const rules: Rules = stepRules;

/** How an attack moves, its own parameters filled in. */
export function attackRule(attack: AttackParams): (set: PerturbationSet) => StepRule {
  const rule = rules[methodOf(attack)] as AnyRule;
  return (set) => rule(set, { ...attack, ...ownParametersOf(attack) });
}
