import { readdir, readFile } from 'node:fs/promises';

const ticksPerSecond = 100;

/** CPU time of this process and all it has started, in s: those that live, and those that were waited for (Linux). */
export async function cpuSeconds(): Promise<number> {
  const processes = new Map<number, { parent: number; ticks: number }>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // Its name, in parentheses, may hold anything.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    processes.set(Number(pid), { parent: fields[1] ?? 0, ticks });
  }
  const descends = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || descends(processes.get(pid)?.parent));
  let sum = 0;
  for (const [pid, { ticks }] of processes) if (descends(pid)) sum += ticks;
  return sum / ticksPerSecond;
}
