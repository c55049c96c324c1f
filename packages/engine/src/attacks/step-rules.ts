import { apgdRule } from './step-rules/apgd.js';
import { difgsmRule } from './step-rules/difgsm.js';
import { mifgsmRule } from './step-rules/mifgsm.js';
import { nifgsmRule } from './step-rules/nifgsm.js';
import { pgdRule } from './step-rules/pgd.js';
import { squareRule } from './step-rules/square.js';
import { tifgsmRule } from './step-rules/tifgsm.js';

/** The step rule of each attack, by the attack's name in the catalogue: (perturbation set, parameters) -> rule. */
export const stepRules = {
  pgd: pgdRule,
  apgd: apgdRule,
  /** One step of epsilon (Goodfellow et al. 2015): the catalogue fixes length and number of the steps. */
  fgsm: pgdRule,
  /** From the image itself (Kurakin et al. 2017). */
  bim: pgdRule,
  mifgsm: mifgsmRule,
  nifgsm: nifgsmRule,
  difgsm: difgsmRule,
  tifgsm: tifgsmRule,
  square: squareRule,
};
