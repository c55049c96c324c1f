import { readFile } from 'node:fs/promises';

/** Resident memory of this process and of its children, from /proc; zeros where there is none. */
export async function residentBytes(pid = process.pid): Promise<{ parent: number; children: number }> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const pids = list.split(' ').filter((word) => word !== '');
  const sizes = await Promise.all(pids.map((child) => rss(child)));
  return { parent: await rss(String(pid)), children: sizes.reduce((sum, size) => sum + size, 0) };
}

async function rss(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}
