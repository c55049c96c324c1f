import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { formatAmount, formatBar, formatClock, formatDuration, formatRate } from '../format.js';
import type { Colors } from '../terminal.js';
import type { StepProgress } from './step-progress.js';

/** What is shown of an experiment under way. */
export interface Snapshot {
  id: string;
  name: string;
  state: string;
  startedAtMs: number;
  /** null while it runs. */
  finishedAtMs: number | null;
  /** Each job counted once, however many steps it serves. */
  jobsDone: number;
  jobsTotal: number;
  steps: StepProgress[];
  /** Something that concerns the whole, such as a service that does not answer. */
  notice: string | null;
}

const marks = { waiting: '·', running: '▸', succeeded: '✔', failed: '✖', cancelled: '–' } as const;

export function elapsedSeconds({ startedAtMs, finishedAtMs }: Snapshot, nowMs: number): number {
  return ((finishedAtMs ?? nowMs) - startedAtMs) / 1000;
}

/** Size of what can be drawn on, in characters. */
export interface Area {
  columns: number;
  rows: number;
}

/**
 * The live view: a heading, a line a step, none wider than `columns`, and no more than fit in `rows`: a terminal can't
 * redraw what has left its window. Steps that have ended or wait are counted where the window is too low for them.
 */
export function renderLive(
  snapshot: Snapshot,
  { columns, rows }: Area,
  colors: Colors,
  nowMs: number,
): string {
  const { name, state, jobsDone, jobsTotal } = snapshot;
  const elapsed = formatDuration(elapsedSeconds(snapshot, nowMs));
  const heading = `${name}  ${state}  ${jobsDone}/${jobsTotal} jobs  ${elapsed}`;
  const { shown, hidden } = stepsThatFit(snapshot.steps, rows - 2 - (snapshot.notice === null ? 0 : 1));
  const nameWidth = Math.min(Math.max(0, ...shown.map((step) => stringWidth(step.name))), columns >> 1);
  const lines = shown.map((step) => paint(step, stepLine(step, nameWidth, columns), colors));
  if (hidden.length > 0) lines.push(colors.dim(clip(`  … ${countByState(hidden)}`, columns)));
  if (snapshot.notice !== null) lines.push(colors.yellow(clip(snapshot.notice, columns)));
  return [colors.bold(clip(heading, columns)), ...lines].join('\n');
}

const urgency = { failed: 0, running: 1, waiting: 2, cancelled: 3, succeeded: 4 } as const;

/** The steps to show, in their own order: failed and running ones first in line for the lines there are. */
function stepsThatFit(steps: readonly StepProgress[], lines: number) {
  if (steps.length <= lines) return { shown: steps, hidden: [] };
  const ranked = steps.map((step, index) => ({ step, index }));
  ranked.sort((a, b) => urgency[a.step.state] - urgency[b.step.state] || a.index - b.index);
  const chosen = new Set(ranked.slice(0, Math.max(0, lines - 1)).map(({ step }) => step));
  return {
    shown: steps.filter((step) => chosen.has(step)),
    hidden: steps.filter((step) => !chosen.has(step)),
  };
}

function countByState(steps: readonly StepProgress[]): string {
  const states = [...new Set(steps.map((step) => step.state))];
  return states.map((state) => `${steps.filter((s) => s.state === state).length} ${state}`).join(', ');
}

/** The widest form of a step's line that fits: a shorter bar, then fewer remarks. The last, such as the loss, is kept longest. */
function stepLine(step: StepProgress, nameWidth: number, columns: number): string {
  const name = clip(step.name, nameWidth);
  const start = `  ${marks[step.state]} ${name}${' '.repeat(nameWidth - stringWidth(name))}`;
  const words = remarks(step);
  const forms = [
    [formatBar(step.fraction, 20), jobCount(step), ...words],
    ...words.map((_, dropped) => [formatBar(step.fraction, 10), jobCount(step), ...words.slice(dropped)]),
    [jobCount(step), ...words.slice(-1)],
  ].map((parts) => [start, ...parts].join('  ').trimEnd());
  return forms.find((line) => stringWidth(line) <= columns) ?? clip(forms.at(-1) ?? start, columns);
}

/** One plain line for a step, for pipes and logs. */
export function renderLine(snapshot: Snapshot, step: StepProgress, nowMs: number): string {
  const words = [step.state, `${jobCount(step)} jobs`, ...remarks(step)];
  return `[${formatClock(elapsedSeconds(snapshot, nowMs))}] ${step.name}: ${words.join(', ')}`;
}

function jobCount(step: StepProgress): string {
  return `${step.jobsDone}/${step.jobsTotal}`;
}

function remarks(step: StepProgress): string[] {
  if (step.error !== null) return [`${step.error.code}: ${step.error.message}`];
  if (step.unmatched > 0) {
    return [
      `no worker can run ${step.unmatched === 1 ? 'it' : `${step.unmatched} of them`} (docs/worker.md)`,
    ];
  }
  if (step.unstorable > 0) return ['waits until results can be stored (docs/artifacts.md)'];
  if (step.state !== 'running' || step.running === null) return [];
  const { done, total, unit, rate, message } = step.running;
  return [
    formatAmount(done, total, unit),
    ...(rate === null ? [] : [formatRate(rate, unit)]),
    ...(step.etaSeconds === null ? [] : [`ETA ${formatClock(step.etaSeconds)}`]),
    ...(message === null ? [] : [message]),
  ];
}

const clip = (line: string, columns: number) => cliTruncate(line, Math.max(1, columns));

function paint(step: StepProgress, line: string, colors: Colors): string {
  if (step.state === 'failed') return colors.red(line);
  if (step.state === 'succeeded') return colors.green(line);
  return step.state === 'running' ? line : colors.dim(line);
}
