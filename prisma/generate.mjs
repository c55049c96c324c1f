// Generates the Prisma client into packages/runs/src/generated, only when the schema (or Prisma itself) has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const schema = fileURLToPath(new URL('schema.prisma', import.meta.url));
const output = fileURLToPath(new URL('../packages/runs/src/generated/', import.meta.url));
const require = createRequire(import.meta.url);
const prismaPackage = require.resolve('prisma/package.json');

const hash = createHash('sha256').update(readFileSync(schema)).update(readFileSync(prismaPackage));
const stamp = hash.digest('hex');
const stampFile = `${output}schema.sha256`;

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const cli = fileURLToPath(new URL(require(prismaPackage).bin.prisma, `file://${prismaPackage}`));
  const { status } = spawnSync(process.execPath, [cli, 'generate', '--schema', schema], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
    // `generate` never starts the schema engine, but looks for one and would download it.
    env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stampFile, stamp);
}
