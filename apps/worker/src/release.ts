import { readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { z } from 'zod';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

/** Which release of Toogit computes: part of a result's provenance. */
export const release = version;

/** What computes: part of a result's provenance, since bytes may differ from one kind of CPU to another. */
export const machine = {
  node: process.version,
  platform: `${process.platform}-${arch()}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
};
