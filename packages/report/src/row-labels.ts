import type { TrainingFacts } from '@toogit/jobs';
import { architectureName, ballName, plainNumber, setName } from './wording.js';

interface LabelledRow {
  trainedOn: string;
  evaluatedOn: string;
  point: string;
  training: TrainingFacts;
}

/** What tells each row from the others: what it was trained on, and of the rest whatever varies. */
export function rowLabels(rows: readonly LabelledRow[]): string[] {
  const parts: ((row: LabelledRow) => string)[] = [
    (row) => `evaluated on ${setName(row.evaluatedOn)}`,
    ({ training }) => architectureName(training.architecture),
    ({ training }) => `width ${plainNumber(training.width)}`,
    ({ training }) =>
      training.adversarial === null ? '' : `adversarial training, ${ballName(training.adversarial)}`,
    (row) => row.point,
  ];
  const telling = parts.filter((part) => new Set(rows.map(part)).size > 1);
  return rows.map((row) =>
    [setName(row.trainedOn), ...telling.map((part) => part(row))].filter((text) => text !== '').join(' · '),
  );
}
