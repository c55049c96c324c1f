import { mifgsmRule } from './step-rules/mifgsm.js';
import { pgdRule } from './step-rules/pgd.js';

/** The step rule of each attack, by the attack's name in the catalogue: (perturbation set, parameters) -> rule. */
export const stepRules = { pgd: pgdRule, mifgsm: mifgsmRule };
