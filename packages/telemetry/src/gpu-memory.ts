import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const query = ['--query-gpu=index,memory.used,memory.total', '--format=csv,noheader,nounits'];
let absent = false;

export interface GpuMemory {
  gpu: string;
  usedBytes: number;
  totalBytes: number;
}

/** What nvidia-smi reports; nothing where there is no nvidia-smi, which is not started again. */
export async function readGpus(command = 'nvidia-smi'): Promise<GpuMemory[]> {
  if (absent) return [];
  try {
    const { stdout } = await run(command, query, { timeout: 5_000 });
    return parseGpus(stdout);
  } catch (error) {
    absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return [];
  }
}

/** Lines of `index, MiB used, MiB in all`. */
export function parseGpus(csv: string): GpuMemory[] {
  return csv
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 3 && fields.every((field) => /^\d+$/.test(field)))
    .map(([gpu = '', used, total]) => ({
      gpu,
      usedBytes: Number(used) * 2 ** 20,
      totalBytes: Number(total) * 2 ** 20,
    }));
}
