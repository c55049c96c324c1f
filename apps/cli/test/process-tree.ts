import { readdir, readFile } from 'node:fs/promises';

interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
}

/** Every process now (Linux). */
async function processes(): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const infos = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' ? null : { pid: Number(pid), parent: Number(parent), command };
      } catch {
        return null;
      }
    }),
  );
  return infos.filter((info) => info !== null);
}

/** A process, all that descend from it, and all that work in `directory` (Postgres leaves the tree). */
export async function processTree(root: number, directory: string): Promise<ProcessInfo[]> {
  const all = await processes();
  const tree = new Set(
    all.filter(({ pid, command }) => pid === root || command.includes(directory)).map((p) => p.pid),
  );
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  return all.filter(({ pid }) => tree.has(pid) && pid !== process.pid);
}

/** Those of the given processes that still live. */
export async function survivors(tree: ProcessInfo[]): Promise<ProcessInfo[]> {
  const now = new Map((await processes()).map((info) => [info.pid, info.command]));
  return tree.filter(({ pid, command }) => now.get(pid) === command);
}
