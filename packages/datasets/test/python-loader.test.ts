import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixelDigest, writeDataset } from '../src/index.js';

const loader = fileURLToPath(new URL('../../../python', import.meta.url));

/** What the loader prints of a set: its pixels' digest over images and labels, as `pixelDigest` takes it. */
const program = `
import hashlib, sys, toogit
dataset = toogit.load_dataset(sys.argv[1])
digest = hashlib.sha256(dataset.images.tobytes())
digest.update(dataset.labels.astype('uint8').tobytes())
print(digest.hexdigest(), dataset.images.dtype, dataset.images.shape)
`;

let directory = '';
let python = '';
let problem: string | null = null;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-python-'));
  python = join(directory, 'venv', 'bin', 'python');
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    run('python3', ['-m', 'venv', join(directory, 'venv')]);
    run(python, ['-m', 'pip', 'install', '--quiet', 'numpy', 'pytest', 'safetensors']);
  } catch (error) {
    problem = `needs python3 with venv, and numpy from its package index: ${(error as Error).message.split('\n')[0]}`;
  }
}, 300_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the Python loader', () => {
  it('passes its own tests', ({ skip }) => {
    if (problem !== null) skip(problem);
    const output = execFileSync(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', loader], {
      encoding: 'utf8',
    });
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/failed|error/i);
  });

  it('reads what this package writes, to the byte', async ({ skip }) => {
    if (problem !== null) skip(problem);
    const blobs = new MemoryBlobStore();
    const artifacts = createArtifactStore(blobs);
    const data = Uint8Array.from({ length: 7 * 4 * 4 * 3 }, (_, i) => (i * 37) % 256);
    const labels = Int32Array.from({ length: 7 }, (_, i) => i % 3);
    const images = { dtype: 'uint8' as const, shape: [7, 4, 4, 3], data };
    const { parts, meta } = await writeDataset(artifacts, {
      ...{ name: 'tiny', split: 'train', images, labels },
      ...{ classNames: ['a', 'b', 'c'], mean: [0, 0, 0], std: [1, 1, 1] },
    });
    const { digest } = await artifacts.writeManifest({ type: 'dataset', parts, meta });
    await writeFile(join(directory, 'manifest.json'), await blobs.get(digest));
    for (const part of parts) {
      await writeFile(join(directory, `${part.name}.safetensors`), await blobs.get(part.sha256));
    }

    const printed = execFileSync(python, ['-c', program, directory], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: join(loader, 'src'), PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(printed.trim()).toBe(`${pixelDigest(data, Uint8Array.from(labels))} uint8 (7, 4, 4, 3)`);
  });
});
