import type { KeyWithSecret } from '@toogit/client';
import { ToogitError } from '@toogit/core';
import { alignColumns } from '../format.js';
import type { CommandContext } from './context.js';

interface CreateOptions {
  admin: boolean;
  name?: string;
  scope: 'read' | 'submit' | 'admin';
  project?: string;
  expires?: string;
}

/** Makes a key; with `admin` straight in the database, as the first one has to be. */
export async function keysCreate(context: CommandContext, options: CreateOptions): Promise<void> {
  const { admin, scope, project, expires } = options;
  const name = options.name ?? (admin ? 'administrator' : scope);
  if (!admin) {
    const key = { name, scope, ...(expires === undefined ? {} : { expiresAt: expires }) };
    return tell(
      context,
      await context.client.createKey({ ...key, ...(project ? { projectId: project } : {}) }),
    );
  }
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new ToogitError('CONFIG_INVALID', '--admin needs DATABASE_URL: it writes there.');
  const { createFirstKey } = await import('../embedded/first-key.js');
  tell(context, await createFirstKey(databaseUrl, name, expires ?? null));
}

export async function keysRotate(
  context: CommandContext,
  id: string,
  { grace }: { grace?: number },
): Promise<void> {
  tell(context, await context.client.rotateKey(id, grace === undefined ? {} : { graceSeconds: grace }));
}

export async function keysRevoke({ client, terminal, json }: CommandContext, id: string): Promise<void> {
  const key = await client.revokeKey(id);
  terminal.out(json ? JSON.stringify(key) : `${key.id}  revoked at ${key.revokedAt}`);
}

export async function keysList({ client, terminal, json }: CommandContext): Promise<void> {
  const keys = await client.listKeys();
  if (json) return terminal.out(JSON.stringify(keys));
  const rows = keys.map((key) => [
    ...[key.id, key.scope, key.projectId ?? '(all)', key.revokedAt ? 'revoked' : (key.expiresAt ?? 'no end')],
    ...[key.lastUsedAt ?? 'never', key.name],
  ]);
  terminal.out(alignColumns([['id', 'scope', 'project', 'until', 'last used', 'name'], ...rows]).join('\n'));
}

/** The key alone on standard output, so that it can be piped into a file or a vault. */
function tell({ terminal, json }: CommandContext, made: KeyWithSecret): void {
  terminal.out(json ? JSON.stringify(made) : made.apiKey);
  if (!json)
    terminal.err(terminal.colors.dim('keep it: it is shown this once. next: export TOOGIT_API_KEY=…'));
}
