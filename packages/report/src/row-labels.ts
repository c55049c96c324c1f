import type { Split, TrainingFacts } from '@toogit/catalogue';
import { settingName } from '@toogit/core';
import { architectureName, ballName, evaluatedName, setName } from './wording.js';

const adversarially = 'adversarial training, ';

interface LabelledRow {
  trainedOn: string;
  evaluatedOn: string;
  split: Split;
  point: string;
  training: TrainingFacts;
}

/** What distinguishes each row from the others: what it was trained on, and of the rest whatever varies. */
export function rowLabels(rows: readonly LabelledRow[]): string[] {
  const parts: ((row: LabelledRow) => string)[] = [
    (row) => `evaluated on ${evaluatedName(row)}`,
    ({ training }) => architectureName(training.architecture),
    ({ training }) => `width ${settingName(training.width)}`,
    ({ training }) =>
      training.adversarial === null ? '' : `${adversarially}${ballName(training.adversarial)}`,
    (row) => row.point,
  ];
  const telling = parts.filter((part) => new Set(rows.map(part)).size > 1);
  return rows.map((row) =>
    [setName(row.trainedOn), ...telling.map((part) => beside(row.trainedOn, part(row)))]
      .filter((text) => text !== '')
      .join(' · '),
  );
}

/** A name such as `D (adversarial training)` holds the half of it. */
function beside(trainedOn: string, text: string): string {
  return /adversarial/i.test(trainedOn) ? text.replace(adversarially, '') : text;
}
