import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { ToogitError } from '@toogit/core';

/** As whom the server runs. Postgres refuses to run as root, so root lends it another account. */
export interface Account {
  uid?: number;
  gid?: number;
  /** The account can't reach the server's files by itself (they lie in root's home): lend it that right, too. */
  lendAccess: boolean;
}

/** Ourselves; or, for root, the owner of existing data, else `postgres`, else `nobody`. */
export async function chooseAccount(data: string, binary: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { lendAccess: false };
  const owner = await stat(data).catch(() => null);
  const ids = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await unprivilegedIds();
  const plain = { ...ids, lendAccess: false };
  const reaches = async (path: string) => (await runAs(plain, 'test', ['-x', path])).code === 0;
  const reachable = (await reaches(binary)) && (await reaches(`${data}/..`));
  return { ...ids, lendAccess: !reachable };
}

async function unprivilegedIds(): Promise<{ uid: number; gid: number }> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!entry) {
    throw new ToogitError(
      'DATABASE_UNAVAILABLE',
      'Postgres does not run as root, and there is no account `postgres` or `nobody` to run it.',
    );
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

export interface CommandResult {
  code: number;
  output: string;
}

/** Starts a command as the account. */
export function spawnAs(
  account: Account,
  command: string,
  args: string[],
  options: { stdio: StdioOptions; detached?: boolean },
): ChildProcess {
  const [file, allArgs] = account.lendAccess ? ['setpriv', lend(account, command, args)] : [command, args];
  const { uid, gid } = account;
  const ids = uid === undefined || gid === undefined || account.lendAccess ? {} : { uid, gid };
  return spawn(file, allArgs, { ...options, ...ids, cwd: '/', env: { ...process.env, LC_ALL: 'C' } });
}

/** Runs a command to its end as the account. */
export function runAs(account: Account, command: string, args: string[]): Promise<CommandResult> {
  const child = spawnAs(account, command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** setpriv (util-linux) changes the account and leaves it the right to pass through directories of others. */
function lend(account: Account, command: string, args: string[]): string[] {
  return [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
    command,
    ...args,
  ];
}
