import autocannon from 'autocannon';
import { type ApiServices, type Rival, startApiServices } from './api-services.js';
import { median, range } from './statistics.js';

export interface ApiOptions {
  json: boolean;
  rounds: string;
  seconds: string;
  connections: string;
}

type Operation = 'post' | 'list';

interface Figures {
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

interface Row {
  operation: Operation;
  /** Medians over the rounds. */
  ours: Figures;
  bare: Figures;
  /** ours / bare in requests a second: median over the rounds, and the range. */
  ratio: number;
  spread: [number, number];
}

const stored = 10_000;
const pageSize = 50;
const operations = ['post', 'list'] as const;
const names = ['ours', 'bare'] as const;
const note = (line: string) => process.stderr.write(`${line}\n`);

/** POST of a small experiment and GET of a list over 10,000, of our API and of a bare service, in turn. */
export async function api({ json, rounds, seconds, connections }: ApiOptions): Promise<void> {
  const services = await startApiServices(stored);
  try {
    const load = { duration: Number(seconds), connections: Number(connections) };
    print(compare(await takeTurns(services, Number(rounds), load)), json);
  } finally {
    await services.stop();
  }
}

type Load = Pick<autocannon.Options, 'duration' | 'connections'>;
type Measured = Record<Operation, Record<(typeof names)[number], Figures[]>>;

/** Who goes first changes from round to round; the first round is not counted. */
async function takeTurns(services: ApiServices, rounds: number, load: Load): Promise<Measured> {
  const measured: Measured = { post: { ours: [], bare: [] }, list: { ours: [], bare: [] } };
  for (let round = 0; round <= rounds; round++) {
    for (const operation of operations) {
      const shown = [];
      for (const name of round % 2 ? names : names.toReversed()) {
        const figures = await measure(operation, services[name], load);
        if (round > 0) measured[operation][name].push(figures);
        shown.push(`${name} ${figures.requestsPerSecond.toFixed(0)}/s`);
      }
      note(`  round ${round}/${rounds}, ${operation}: ${shown.join(', ')}`);
    }
  }
  return measured;
}

async function measure(operation: Operation, { url, headers }: Rival, load: Load): Promise<Figures> {
  const result = await autocannon(
    operation === 'list'
      ? { ...load, url: `${url}?limit=${pageSize}`, headers }
      : { ...load, url, headers, requests: [{ method: 'POST', setupRequest: withNewSpec }] },
  );
  const failures = result.non2xx + result.errors + result.timeouts;
  const { total } = result.requests;
  if (failures > 0) throw new Error(`${url}: ${failures} of ${total} requests failed`);
  if (total === 0) throw new Error(`${url}: no request was answered in time; --seconds allows more`);
  const { average } = result.requests;
  return { requestsPerSecond: average, p50: result.latency.p50, p99: result.latency.p99 };
}

let submitted = 0;

/** One job that nobody has requested yet. */
function withNewSpec(request: autocannon.Request): autocannon.Request {
  submitted += 1;
  const images = { kind: 'dataset', dataset: 'mnist', split: 'train', examples: 1 + (submitted % 60_000) };
  const body = JSON.stringify({ name: `bench ${submitted}`, seed: submitted, steps: { images } });
  return { ...request, headers: { ...request.headers, 'content-type': 'application/json' }, body };
}

function compare(measured: Measured): Row[] {
  return operations.map((operation) => {
    const { ours, bare } = measured[operation];
    const ratios = ours.map(
      ({ requestsPerSecond }, round) => requestsPerSecond / (bare[round]?.requestsPerSecond ?? Number.NaN),
    );
    return {
      operation,
      ours: medians(ours),
      bare: medians(bare),
      ratio: median(ratios),
      spread: range(ratios),
    };
  });
}

function medians(figures: Figures[]): Figures {
  const of = (what: keyof Figures) => median(figures.map((each) => each[what]));
  return { requestsPerSecond: of('requestsPerSecond'), p50: of('p50'), p99: of('p99') };
}

/** The headline is the worse operation. */
function print(rows: Row[], json: boolean): void {
  for (const { operation, ours, bare, ratio, spread } of rows) {
    const of = ({ requestsPerSecond, p50, p99 }: Figures) =>
      `${requestsPerSecond.toFixed(0)}/s, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
    note(
      `${operation}: ours ${of(ours)}; bare ${of(bare)}; ratio ${ratio.toFixed(2)} (${spread.map((r) => r.toFixed(2)).join(' to ')})`,
    );
  }
  const { ours, bare, ratio, spread } = rows.reduce((worst, row) => (row.ratio < worst.ratio ? row : worst));
  if (json) {
    const headline = {
      name: 'api',
      ours: ours.requestsPerSecond,
      peer: bare.requestsPerSecond,
      ratio,
      spread,
    };
    process.stdout.write(`${JSON.stringify({ ...headline, rows })}\n`);
  }
}
