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
  steps: StepProgress[];
}

const marks = { waiting: '·', running: '▸', succeeded: '✔', failed: '✖', cancelled: '–' } as const;

export function elapsedSeconds({ startedAtMs, finishedAtMs }: Snapshot, nowMs: number): number {
  return ((finishedAtMs ?? nowMs) - startedAtMs) / 1000;
}

/** The live view: a heading and a line a step, none wider than `columns`. */
export function renderLive(snapshot: Snapshot, columns: number, colors: Colors, nowMs: number): string {
  const done = snapshot.steps.reduce((sum, step) => sum + step.jobsDone, 0);
  const total = snapshot.steps.reduce((sum, step) => sum + step.jobsTotal, 0);
  const heading = `${snapshot.name}  ${snapshot.state}  ${done}/${total} jobs  ${formatDuration(elapsedSeconds(snapshot, nowMs))}`;
  const nameWidth = Math.max(0, ...snapshot.steps.map((step) => step.name.length));
  const lines = snapshot.steps.map((step) => {
    const bar = formatBar(step.fraction, 20);
    const line =
      `  ${marks[step.state]} ${step.name.padEnd(nameWidth)}  ${bar}  ${jobCount(step)}  ${remarks(step).join('  ')}`.trimEnd();
    return paint(step, clip(line, columns), colors);
  });
  return [colors.bold(clip(heading, columns)), ...lines].join('\n');
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
  if (step.state !== 'running' || step.running === null) return [];
  const { done, total, unit, rate, message } = step.running;
  return [
    formatAmount(done, total, unit),
    ...(rate === null ? [] : [formatRate(rate, unit)]),
    ...(step.etaSeconds === null ? [] : [`ETA ${formatClock(step.etaSeconds)}`]),
    ...(message === null ? [] : [message]),
  ];
}

function clip(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

function paint(step: StepProgress, line: string, colors: Colors): string {
  if (step.state === 'failed') return colors.red(line);
  if (step.state === 'succeeded') return colors.green(line);
  return step.state === 'running' ? line : colors.dim(line);
}
