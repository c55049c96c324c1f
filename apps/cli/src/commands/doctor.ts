import type { ServiceConfig } from '@toogit/config';
import { ToogitError } from '@toogit/core';
import type { EngineDiagnosis, StateDirDiagnosis } from '../embedded/diagnosis.js';
import { exitCodes } from '../exit-codes.js';
import { formatBytes } from '../format.js';
import type { CommandContext } from './context.js';

interface DoctorOptions {
  stateDir: string;
  threads?: number;
  device?: ServiceConfig['worker']['device'];
}

interface ServiceDiagnosis {
  url: string;
  state: 'ready' | 'unavailable' | 'unreachable';
  /** What the service needs: `up`, or why not. */
  checks: Record<string, string>;
}

interface Diagnosis {
  node: string;
  engine: EngineDiagnosis;
  service: ServiceDiagnosis;
  stateDir: StateDirDiagnosis;
}

/** Says what computes here and how every service is. Fails (4) only when nothing can compute. */
export async function doctor(context: CommandContext, options: DoctorOptions): Promise<void> {
  const { diagnoseEngine, diagnoseStateDir } = await import('../embedded/diagnosis.js');
  const { device = 'auto', threads = null, stateDir } = options;
  const diagnosis: Diagnosis = {
    node: process.versions.node,
    engine: await diagnoseEngine({ device, threads }),
    service: await diagnoseService(context),
    stateDir: await diagnoseStateDir(stateDir),
  };
  context.terminal.out(context.json ? JSON.stringify(diagnosis) : renderDiagnosis(diagnosis));
  if (diagnosis.engine.error !== null) context.exitWith(exitCodes.internal);
}

async function diagnoseService({ client, url }: CommandContext): Promise<ServiceDiagnosis> {
  try {
    const { status, checks } = await client.getReadiness();
    const states = Object.entries(checks).map(([name, check]) => [name, check.message ?? check.state]);
    return { url, state: status, checks: Object.fromEntries(states) };
  } catch (error) {
    if (!(error instanceof ToogitError)) throw error;
    return { url, state: 'unreachable', checks: {} };
  }
}

export function renderDiagnosis({ node, engine, service, stateDir }: Diagnosis): string {
  const { running, error, installed, reasons } = engine;
  const device =
    running === null
      ? 'none'
      : `${running.device}, ${running.threads} threads, ${running.bfloat16 ? '' : 'no '}bfloat16`;
  const tensorflow = running?.tensorflowVersion ?? `${error?.code}  ${error?.message}`;
  const checks = Object.entries(service.checks).map(([name, state]) => `${name} ${state}`);
  const holder =
    stateDir.holder === null
      ? 'not in use'
      : `in use by process ${stateDir.holder.pid} at ${stateDir.holder.url}`;
  const rows: [string, string][] = [
    ['Node', node],
    ['device', device],
    ...reasons.map((reason): [string, string] => ['', `not a better one: ${reason}`]),
    ['TensorFlow', tensorflow],
    ...(error === null ? [] : [['', `next: ${error.next}`] as [string, string]]),
    ['cache', engine.cacheDir],
    ['', `TensorFlow for CPU: ${installed.cpu ?? 'not installed'}`],
    ['', `TensorFlow for CUDA: ${installed.cuda ?? 'not installed'}`],
    ['service', [`${service.url} ${service.state}`, ...checks].join(', ')],
    ['state', `${stateDir.path}, ${stateDir.exists ? holder : 'not there yet'}`],
    ['disk', `${formatBytes(stateDir.freeBytes)} free`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(11)} ${value}`).join('\n');
}
