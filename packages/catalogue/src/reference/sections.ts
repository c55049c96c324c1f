import { architectureNames, architectures, networkCost, smallestImageOf } from '@toogit/networks';
import { attackNames, attackOf } from '../attacks.js';
import { datasetNames, datasets } from '../datasets.js';
import type { AttackDefinition } from '../definitions/attack-definition.js';
import { figureKinds, figures } from '../figures.js';
import { kinds } from '../kinds.js';
import { type StudyName, studies, studyNames } from '../studies.js';
import { code, inputSchema, type JsonSchema, keyTable, parameterTable, table } from './schema-table.js';

/** Studies by name: what each is about, its figures, and the kinds of its steps in order. */
export function studySection(): string {
  const rows = studyNames.map((name) => {
    const steps = Object.values(studies[name].steps('smoke'));
    const shown = steps.flatMap((step) => (step.kind === 'report' ? step.figures : []));
    const first = (values: string[]) => [...new Set(values)];
    return [
      code(name),
      studies[name].description,
      first(shown.map(({ kind }) => code(kind))).join(', '),
      first(steps.map(({ kind }) => kind)).join(', '),
    ];
  });
  return table(['study', 'what it is', 'figures', 'kinds of step'], rows);
}

const parametersOf = (study: StudyName): [string, JsonSchema][] =>
  Object.entries(inputSchema(studies[study].overrides).properties ?? {});

/** Parameters that so many studies have alike stand in one table. */
const common = 3;

/** Parameters: first those that several studies share, then of each study the rest. */
export function parameterSection(): string {
  const holders = new Map<string, StudyName[]>();
  for (const study of studyNames) {
    for (const parameter of parametersOf(study)) {
      const key = JSON.stringify(parameter);
      holders.set(key, [...(holders.get(key) ?? []), study]);
    }
  }
  const isCommon = (parameter: [string, JsonSchema]) =>
    (holders.get(JSON.stringify(parameter)) ?? []).length >= common;
  const groups = new Map<string, [string, JsonSchema][]>();
  for (const [parameter, names] of holders) {
    if (names.length < common) continue;
    const heading = names.map(code).join(', ');
    groups.set(heading, [...(groups.get(heading) ?? []), JSON.parse(parameter)]);
  }
  const shared = [...groups].map(([names, parameters]) => `Of ${names}:\n\n${parameterTable(parameters)}`);
  const own = studyNames.map((study) => {
    const rest = parametersOf(study).filter((parameter) => !isCommon(parameter));
    return `#### ${code(study)}\n\n${studies[study].about}\n\n${rest.length > 0 ? parameterTable(rest) : 'No other parameters.'}`;
  });
  return [...shared, ...own].join('\n\n');
}

/** A heading, a paragraph and a table for each kind of step. */
export const kindSection = (): string =>
  Object.entries(kinds)
    .map(
      ([name, { description, step }]) =>
        `### ${code(name)}\n\n${description}\n\n${keyTable(inputSchema(step))}`,
    )
    .join('\n\n');

/** Attacks by the `method` that names them. */
export const attackSection = (): string =>
  table(
    ['method', 'attack', 'norms', 'steps', 'step size', 'its own keys', 'source'],
    attackNames.map((name) => {
      const { title, summary, norms, parameters, source, ...steps } = attackOf({ method: name });
      const own = Object.keys(parameters).map(code).join(', ');
      const defaults = [String(steps.defaultSteps), stepSizeName(steps)];
      return [code(name), `${title}: ${summary}`, norms.map(code).join(', '), ...defaults, own, source];
    }),
  );

/** `epsilon / 5`, `epsilon`, `2 epsilon`. */
function stepSizeName({ stepsToEpsilon }: Pick<AttackDefinition, 'stepsToEpsilon'>): string {
  if (stepsToEpsilon === 'all') return 'epsilon / steps';
  if (stepsToEpsilon > 1) return `epsilon / ${stepsToEpsilon}`;
  return stepsToEpsilon === 1 ? 'epsilon' : `${1 / stepsToEpsilon} epsilon`;
}

/** What a row of each kind of figure has. */
export const figureSection = (): string =>
  figureKinds
    .map(
      (kind) =>
        `#### ${code(kind)}\n\n${figures[kind].description}\n\n${keyTable(inputSchema(figures[kind].row))}`,
    )
    .join('\n\n');

const thousands = (count: number) => count.toLocaleString('en-US');

export const datasetSection = (): string =>
  table(
    ['data set', 'images', 'classes', 'train', 'test', 'mirrored images are of the same class'],
    datasetNames.map((name) => {
      const { shape, classes, examples, mirrorable } = datasets[name];
      const counts = [examples.train, examples.test].map(thousands);
      return [code(name), shape.join('×'), String(classes), ...counts, mirrorable ? 'yes' : 'no'];
    }),
  );

/** At width 1, for 10 classes of 32×32×3. */
export const architectureSection = (): string =>
  table(
    ['architecture', 'network', 'parameters', 'multiply-adds', 'smallest image'],
    architectureNames.map((name) => {
      const { title, summary } = architectures[name];
      const { parameters, forwardFlops } = networkCost(
        { architecture: name, width: 1, depth: null },
        [32, 32, 3],
        10,
      );
      const smallest = smallestImageOf(name);
      return [
        code(name),
        `${title}: ${summary}`,
        `${(parameters / 1e6).toFixed(2)} M`,
        `${(forwardFlops / 2e6).toFixed(0)} M`,
        `${smallest}×${smallest}`,
      ];
    }),
  );
