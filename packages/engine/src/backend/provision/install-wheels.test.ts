import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakePackageIndex, startFakePackageIndex } from '../testing/fake-package-index.js';
import { fakeWheel } from '../testing/fake-wheel.js';
import { installTensorFlow } from './install-tensorflow.js';
import { type InstallProgress, installWheels } from './install-wheels.js';
import { installedFiles } from './installation.js';
import { type WheelRequirement, wheelsFor } from './wheels.js';

const PROJECT = 'some-library';
const FILE_NAME = 'some_library-1.0-cp311-cp311-manylinux_2_27_x86_64.whl';
const library = randomBytes(3_000_000);
const wheel = fakeWheel({
  'some/readme.txt': randomBytes(100),
  'some/libsome.so.2': library,
  'some/data': randomBytes(5000),
});
const sha256 = createHash('sha256').update(wheel).digest('hex');
const requirement: WheelRequirement = {
  project: PROJECT,
  digests: { 'some_library-1.0-not-there.whl': '00', [FILE_NAME]: sha256 },
  place: (entry) => (entry.endsWith('.so.2') ? basename(entry) : undefined),
};

let root: string;
let directory: string;
let downloads: string;
let index: FakePackageIndex;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'toogit-install-'));
  directory = join(root, 'library', '1.0');
  downloads = join(root, 'downloads');
  index = await startFakePackageIndex(PROJECT, FILE_NAME, wheel);
});

afterEach(async () => {
  await index.close();
  await rm(root, { recursive: true });
});

const install = (
  options: Partial<Parameters<typeof installWheels>[1]> = {},
  wanted = requirement,
): Promise<void> =>
  installWheels([wanted], { directory, downloads, indexUrl: index.indexUrl, retryDelayMs: 1, ...options });

async function expectInstalled(): Promise<void> {
  expect(await installedFiles(directory)).toEqual(['libsome.so.2']);
  expect(library.equals(await readFile(join(directory, 'libsome.so.2')))).toBe(true);
  expect((await readdir(directory)).sort()).toEqual(['complete.json', 'libsome.so.2']);
  expect(await readdir(join(directory, '..'))).toEqual(['1.0']); // no lock, nothing half unpacked
  expect(await readdir(downloads)).toEqual([]);
}

async function expectNothingInstalled(): Promise<void> {
  expect(await installedFiles(directory)).toBeUndefined();
  await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
}

describe('installWheels', () => {
  it.each(['json', 'html'] as const)(
    'installs what is wanted of a wheel, found in an index of %s',
    async (format) => {
      index.behaviour.format = format;
      const progress: InstallProgress[] = [];
      await install({ onProgress: (p) => progress.push(p) });
      await expectInstalled();
      expect(progress.at(-1)).toEqual({
        fileName: FILE_NAME,
        doneBytes: wheel.length,
        totalBytes: wheel.length,
      });
      const done = progress.map((p) => p.doneBytes);
      expect(done).toEqual([...done].sort((a, b) => a - b));
    },
  );

  it('does nothing the second time', async () => {
    await install();
    await index.close();
    await install();
    expect(index.downloads).toEqual([0]);
  });

  it('goes on where the connection was cut, within one call', async () => {
    index.behaviour.cutAfterBytes = 1_000_000;
    await install();
    await expectInstalled();
    const [first, second = 0, third = 0] = index.downloads;
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(third).toBeGreaterThan(second);
  });

  it('goes on where an earlier call stopped', async () => {
    await mkdir(downloads);
    await writeFile(join(downloads, `${FILE_NAME}.part`), wheel.subarray(0, 2_500_000));
    await install();
    await expectInstalled();
    expect(index.downloads).toEqual([2_500_000]);
  });

  it('starts anew where the server cannot go on', async () => {
    index.behaviour.supportsRange = false;
    await mkdir(downloads);
    await writeFile(join(downloads, `${FILE_NAME}.part`), wheel.subarray(0, 2_500_000));
    await install();
    await expectInstalled();
  });

  it('starts anew from a begun file that turns out to be another', async () => {
    await mkdir(downloads);
    await writeFile(join(downloads, `${FILE_NAME}.part`), randomBytes(2_500_000));
    await install();
    await expectInstalled();
    expect(index.downloads).toEqual([2_500_000, 0]);
  });

  it('finishes a download that only lacked its name', async () => {
    await mkdir(downloads);
    await writeFile(join(downloads, `${FILE_NAME}.part`), wheel);
    await install();
    await expectInstalled();
    expect(index.downloads).toEqual([]);
  });

  it('takes a wheel that somebody put there, and needs no index', async () => {
    await index.close();
    await mkdir(downloads);
    await writeFile(join(downloads, FILE_NAME), wheel);
    await install();
    await expectInstalled();
  });

  it('brings the credentials of the index address, to the file as well', async () => {
    index.behaviour.credentials = 'user:pass word';
    await expect(install()).rejects.toMatchObject({ code: 'ENGINE_INSTALL_FAILED', message: /401/ });
    await install({ indexUrl: index.indexUrl.replace('//', '//user:pass%20word@') });
    await expectInstalled();
  });

  it('replaces an installation that is not whole', async () => {
    await install();
    await truncate(join(directory, 'libsome.so.2'), 1000);
    expect(await installedFiles(directory)).toBeUndefined();
    await install();
    await expectInstalled();
  });

  it('refuses bytes of another digest, and installs nothing', async () => {
    index.behaviour.namesDigest = false;
    const other = { ...requirement, digests: { [FILE_NAME]: 'a'.repeat(64) } };
    await expect(install({}, other)).rejects.toMatchObject({
      code: 'ENGINE_DIGEST_MISMATCH',
      message: expect.stringContaining(sha256),
    });
    await expectNothingInstalled();
    expect(await readdir(downloads)).toEqual([]);
  });

  it('refuses an index that claims another digest before it downloads', async () => {
    index.behaviour.claimedSha256 = 'b'.repeat(64);
    await expect(install()).rejects.toMatchObject({ code: 'ENGINE_DIGEST_MISMATCH' });
    expect(index.downloads).toEqual([]);
  });

  it('says that there is no route', async () => {
    await index.close();
    await expect(install()).rejects.toMatchObject({ code: 'ENGINE_OFFLINE', message: /127\.0\.0\.1/ });
    await expectNothingInstalled();
  });

  it('gives up, and keeps what it has, when every connection is cut', async () => {
    index.behaviour.cutAfterBytes = 100;
    await expect(install()).rejects.toMatchObject({ code: 'ENGINE_OFFLINE' });
    await expectNothingInstalled();
    expect(await readdir(downloads)).toEqual([`${FILE_NAME}.part`]);
  });

  it('reports what a server answered, and when the file is not there', async () => {
    index.behaviour.status = 503;
    await expect(install()).rejects.toMatchObject({ code: 'ENGINE_INSTALL_FAILED', message: /503/ });
    delete index.behaviour.status;
    const missing = { ...requirement, digests: { 'some_library-2.0.whl': sha256 } };
    await expect(install({}, missing)).rejects.toMatchObject({
      code: 'ENGINE_INSTALL_FAILED',
      message: expect.stringContaining('some_library-2.0.whl'),
    });
  });

  it('says when the disk is full', async () => {
    await mkdir(downloads);
    await symlink('/dev/full', join(downloads, `${FILE_NAME}.part`)); // every write: ENOSPC
    await expect(install()).rejects.toMatchObject({ code: 'ENGINE_DISK_FULL' });
    await expectNothingInstalled();
  });

  it('stops when asked, and resumes later', async () => {
    const controller = new AbortController();
    const stopped = new Error('enough');
    const onProgress = () => controller.abort(stopped);
    await expect(install({ signal: controller.signal, onProgress })).rejects.toBe(stopped);
    await expectNothingInstalled();
    await install();
    await expectInstalled();
    expect(index.downloads[1]).toBeGreaterThan(0);
  });

  it('is safe when several do it at once: one downloads, all find it whole', async () => {
    await Promise.all([install(), install(), runInstaller(), runInstaller()]);
    await expectInstalled();
    expect(index.downloads).toEqual([0]);
  });

  it('takes over from a process that was killed', async () => {
    index.behaviour.cutAfterBytes = 1_000_000;
    const cut = new Promise<void>((resolve) => {
      index.behaviour.onCut = resolve;
    });
    const child = spawn(process.execPath, installerArguments({ retryDelayMs: 60_000 }), { stdio: 'ignore' });
    await cut;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expectNothingInstalled();
    const longAgo = new Date(Date.now() - 60_000); // what waiting for the dead one's lock to go stale would do
    await utimes(`${directory}.lock`, longAgo, longAgo);
    delete index.behaviour.cutAfterBytes;
    await install();
    await expectInstalled();
  });
});

/** `installWheels` in a process of its own, from the built package. */
function installerArguments(options: { retryDelayMs: number }): string[] {
  const module = fileURLToPath(new URL('../../../dist/backend/provision/install-wheels.js', import.meta.url));
  const settings = JSON.stringify({ directory, downloads, indexUrl: index.indexUrl, ...options });
  const source = `import { installWheels } from ${JSON.stringify(module)};
    const place = (entry) => entry.endsWith('.so.2') ? entry.split('/').pop() : undefined;
    const digests = ${JSON.stringify(requirement.digests)};
    await installWheels([{ project: '${PROJECT}', digests, place }], ${settings});`;
  return ['--input-type=module', '-e', source];
}

async function runInstaller(): Promise<void> {
  await promisify(execFile)(process.execPath, installerArguments({ retryDelayMs: 1 }));
}

describe('installTensorFlow', () => {
  it("refuses wheels that are not TensorFlow's, whatever the index says", async () => {
    const [wanted] = wheelsFor(`${process.platform}-${process.arch}`, false) ?? [];
    const [fileName = ''] = Object.keys(wanted?.digests ?? {});
    const impostor = await startFakePackageIndex(wanted?.project ?? '', fileName, wheel);
    try {
      for (const namesDigest of [true, false]) {
        impostor.behaviour.namesDigest = namesDigest;
        const installing = installTensorFlow({ cacheDir: root, indexUrl: impostor.indexUrl });
        await expect(installing).rejects.toMatchObject({ code: 'ENGINE_DIGEST_MISMATCH' });
      }
    } finally {
      await impostor.close();
    }
  });

  it('knows where TensorFlow is published', () => {
    expect(wheelsFor('linux-arm64', false)?.map((w) => w.project)).toEqual(['tensorflow']);
    expect(wheelsFor('linux-x64', true)?.length).toBe(12);
    for (const nowhere of ['darwin-arm64', 'win32-x64']) expect(wheelsFor(nowhere, false)).toBeUndefined();
    expect(wheelsFor('linux-arm64', true)).toBeUndefined();
  });
});
