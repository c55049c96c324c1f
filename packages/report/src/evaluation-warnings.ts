import { attackWarnings, type JobResult, predictionWarnings, type Warning } from '@toogit/catalogue';
import { setName, threatName } from './wording.js';

/** What an evaluation's numbers may silently miss, under the name of what the model was trained on and the threat model. */
export function evaluationWarnings(trainedOn: string, result: JobResult<'evaluate'>): Warning[] {
  const { adversarial } = result;
  const name = setName(trainedOn);
  const at = (path: string) => (each: Warning) => ({ ...each, path });
  return [
    ...predictionWarnings(result).map(at(name)),
    ...(adversarial === null
      ? []
      : attackWarnings(adversarial.attack, adversarial, adversarial.clean.n).map(
          at(`${name}, ${threatName(adversarial.attack)}`),
        )),
  ];
}
