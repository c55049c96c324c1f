import { type JobKind, jobKinds, type PastJob, passWork, type SpeedProbe } from '@toogit/catalogue';
import { networkCost } from '@toogit/networks';

/** Seconds of a job, from its work. */
export interface TimeModel {
  overheadSeconds: number;
  secondsPerWork: number;
}

export const secondsOf = ({ overheadSeconds, secondsPerWork }: TimeModel, work: number) =>
  overheadSeconds + secondsPerWork * work;

/** Claim, inputs from the store, result into it: of every job. */
const usualOverheadSeconds = 0.3;
/** Of what runs outside the engine, in JavaScript. */
const javaScriptWorkPerSecond = 1e9;

/** What the probe's seconds are of: passes over so many images. */
const probed = { train: 128 * 3, attack: 250 * 2 };

/** About what two cores, a GPU of a data centre, and plain JavaScript take for the probe. */
const nominalProbes: Record<string, SpeedProbe> = {
  cpu: { trainStepSeconds: 0.08, attackStepSeconds: 0.1 },
  cuda: { trainStepSeconds: 0.006, attackStepSeconds: 0.006 },
  js: { trainStepSeconds: 80, attackStepSeconds: 100 },
};

export const nominalProbe = (device: string | null): SpeedProbe =>
  nominalProbes[device ?? 'cpu'] ?? (nominalProbes.cpu as SpeedProbe);

/** What a kind of job takes on a machine that no such job has run on. */
export function expectedModel(kind: JobKind, { trainStepSeconds, attackStepSeconds }: SpeedProbe): TimeModel {
  const { resource } = jobKinds[kind];
  if (resource === 'cpu') {
    return { overheadSeconds: usualOverheadSeconds, secondsPerWork: 1 / javaScriptWorkPerSecond };
  }
  const network = networkCost({ architecture: 'resnet9', width: 0.125, depth: null }, [32, 32, 3], 10);
  const secondsPerPass =
    kind === 'train' ? trainStepSeconds / probed.train : attackStepSeconds / probed.attack;
  const secondsPerWork = secondsPerPass / passWork(network);
  return { overheadSeconds: usualOverheadSeconds, secondsPerWork };
}

/** Fewer jobs, or jobs of about one size, show how fast a machine is and not how much of it is overhead. */
const fewest = 8;
const leastSpread = 2;
const rounds = 5;
/** A job that took so many times the estimate from the others (a download, a machine that was stopped) counts no more than that. */
const mostTimes = 5;

/**
 * The model that past jobs of one kind follow: least squares of the relative error, with no negative part. From few jobs,
 * or from jobs of about one size, the expected model on the whole slower or faster.
 */
export function fittedModel(past: readonly PastJob[], expected: TimeModel): TimeModel {
  const works = past.map(({ work }) => work);
  let model = scaled(past, expected);
  if (past.length < fewest || Math.max(...works) < leastSpread * Math.min(...works)) return model;
  // Weights are of the fitted times, not of the measured ones, which would favour the short.
  for (let round = 0; round < rounds; round++) model = leastSquares(bounded(past, model), model);
  return model;
}

function scaled(past: readonly PastJob[], expected: TimeModel): TimeModel {
  const ratios = past.map(({ work, seconds }) => seconds / secondsOf(expected, work));
  const times = (factor: number): TimeModel => ({
    overheadSeconds: factor * expected.overheadSeconds,
    secondsPerWork: factor * expected.secondsPerWork,
  });
  const usual = times(median(ratios));
  const taken = bounded(past, usual).reduce((sum, { seconds }) => sum + seconds, 0);
  return times(taken / past.reduce((sum, { work }) => sum + secondsOf(expected, work), 0));
}

const bounded = (past: readonly PastJob[], model: TimeModel): PastJob[] =>
  past.map((job) => ({
    ...job,
    seconds: Math.min(job.seconds, mostTimes * secondsOf(model, job.work)),
  }));

function leastSquares(past: readonly PastJob[], weighting: TimeModel): TimeModel {
  let [n, x, xx, y, xy] = [0, 0, 0, 0, 0];
  for (const { work, seconds } of past) {
    const weight = 1 / secondsOf(weighting, work) ** 2;
    n += weight;
    x += weight * work;
    xx += weight * work * work;
    y += weight * seconds;
    xy += weight * work * seconds;
  }
  const secondsPerWork = (n * xy - x * y) / (n * xx - x * x);
  const overheadSeconds = (y - secondsPerWork * x) / n;
  if (secondsPerWork <= 0) return { overheadSeconds: y / n, secondsPerWork: 0 };
  if (overheadSeconds < 0) return { overheadSeconds: 0, secondsPerWork: xy / xx };
  return { overheadSeconds, secondsPerWork };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
