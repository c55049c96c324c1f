import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The command line of a process, or null if none with this id runs (one that ended unreaped has an empty line). */
export async function commandOfProcess(pid: number): Promise<string | null> {
  if (!(pid > 0)) return null;
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').then(
      (text) => text.replaceAll('\0', ' ') || null,
      () => null,
    );
  }
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (error, stdout) => resolve(error ? null : stdout));
  });
}
