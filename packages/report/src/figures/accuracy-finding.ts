import { distanceName } from '@toogit/core';
import type { FigureOf } from '../figure-view.js';
import { rowLabels } from '../row-labels.js';
import { listed, normName, percent, setName, wholeNumber } from '../wording.js';

type Mean = FigureOf<'accuracy'>['means'][number];

/** Sets whose every image was made to mislead: what is learned from them alone is the point of the study. */
const adversarialSets = new Set(['D_det', 'D_rand']);

/** What the means show, only as much as their intervals allow. */
export function accuracyFinding(figure: FigureOf<'accuracy'>): string | null {
  const learned = figure.means.filter(
    ({ trainedOn, evaluatedOn, split }) =>
      evaluatedOn === 'D' && split === 'test' && adversarialSets.has(setName(trainedOn)),
  );
  const sentences = [learned.length === 0 ? null : learning(figure, learned), ...robustness(figure)];
  const shown = sentences.filter((sentence) => sentence !== null);
  return shown.length === 0
    ? `Guessing would be right in ${percent(figure.chance)} of cases.`
    : shown.join(' ');
}

function learning({ chance, means: all }: FigureOf<'accuracy'>, means: readonly Mean[]): string {
  const nameOf = namesIn(all);
  const figures = listed(means.map((mean) => `${percent(mean.clean.mean)} (${nameOf(mean)})`));
  const n = wholeNumber(Math.max(...means.map((mean) => mean.clean.n)));
  const measured = `Fresh networks that learn from nothing but adversarial examples get ${figures} of ${n} original, unaltered test images right, where guessing gets ${percent(chance)}`;
  const below = means.filter((mean) => mean.clean.ci95[0] <= chance).map(nameOf);
  if (below.length === 0) {
    return `${measured}: the patterns they learned mean nothing to people, and are real.`;
  }
  return `${measured}; for ${listed(below)}, this run's interval does not lie above chance.`;
}

/** Of models under the same attack: what the set, or adversarial training, changes beside standard training on D. */
function robustness({ means }: FigureOf<'accuracy'>): string[] {
  const nameOf = namesIn(means);
  const standard = means.find(
    ({ trainedOn, training }) => setName(trainedOn) === 'D' && !training.adversarial,
  );
  if (!standard) return [];
  const others = means.filter((mean) => mean !== standard && mean.robust.length > 0);
  const attacked = standard.robust.find(({ whiteBox }) => whiteBox);
  if (!attacked) return [];
  const { norm, epsilon } = attacked.attack;
  const threat = `${normName(norm)} attack at ε = ${distanceName(epsilon)}`;
  const base = `Under an ${threat}, standard training on D keeps ${percent(attacked.robust.mean)}`;
  const compared = others.flatMap((mean) => {
    const same = mean.robust.find(
      ({ attack, whiteBox }) => whiteBox && attack.norm === norm && attack.epsilon === epsilon,
    );
    if (!same) return [];
    const [low, high] = attacked.robust.ci95;
    const verdict =
      same.robust.ci95[0] > high
        ? 'more, beyond both intervals'
        : same.robust.ci95[1] < low
          ? 'less, beyond both intervals'
          : 'not clearly different';
    return [`${nameOf(mean)}: ${percent(same.robust.mean)} (${verdict})`];
  });
  return [compared.length === 0 ? `${base}.` : `${base}. Beside it, ${compared.join('; ')}.`];
}

/** What distinguishes a mean from the others. */
function namesIn(means: readonly Mean[]): (mean: Mean) => string {
  const labels = rowLabels(means);
  return (mean) => labels[means.indexOf(mean)] ?? setName(mean.trainedOn);
}
