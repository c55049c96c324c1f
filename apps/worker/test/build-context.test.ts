import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const docker = async (cwd: string, ...args: string[]) => {
  const { stdout } = await promisify(execFile)('docker', args, { cwd, timeout: 50_000 });
  return stdout;
};
/** Either may be missing: a Docker that answers, or its builder. */
const isHere = await Promise.all([docker(root, 'info'), docker(root, 'buildx', 'version')]).then(
  () => true,
  () => false,
);

const wanted = ['package.json', 'package-lock.json', 'apps/api/package.json', 'apps/api/src/main.ts'];
const unwanted = [
  ...['.env', '.env.production', '.npmrc', 'id_rsa', 'notes/token.txt', '.git/config', '.aws/credentials'],
  ...[
    'apps/api/.env',
    'packages/runs/.npmrc',
    'packages/runs/.secrets/key',
    'apps/api/node_modules/a/index.js',
  ],
];

describe.skipIf(!isHere)(`what images are built from${isHere ? '' : ' (needs Docker with buildx)'}`, () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'toogit-context-'));
    for (const path of [...wanted, ...unwanted]) {
      await mkdir(join(directory, 'source', dirname(path)), { recursive: true });
      await writeFile(join(directory, 'source', path), 'x');
    }
    await cp(join(root, '.dockerignore'), join(directory, 'source/.dockerignore'));
    await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is the sources alone: no variables of an environment, no settings of npm, nothing hidden', async () => {
    await docker(
      join(directory, 'source'),
      'buildx',
      'build',
      '-f',
      '../Dockerfile',
      '-o',
      '../context',
      '.',
    );
    const context = join(directory, 'context');
    const files = await readdir(context, { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(context.length + 1));
    expect(paths.sort()).toEqual([...wanted].sort());
  });
});
