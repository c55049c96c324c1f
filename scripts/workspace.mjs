/** From a bare clone to something that runs: Node checked, packages installed, sources built, engine in place. */
import { readFileSync } from 'node:fs';
import { openly, openPhase, phase, quietly } from './phases.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const turbo = 'node_modules/.bin/turbo';
export const toogit = ['apps/cli/bin/toogit.js'];

export async function prepareWorkspace({ logs }) {
  checkNode();
  if (!dependenciesInstalled()) {
    await phase('install packages', 'network', (report) =>
      quietly(npm, ['ci', '--loglevel', 'http', '--no-progress'], { logFile: `${logs}/install.log`, report }),
    );
  }
  await phase('build', 'compute', (report) =>
    quietly(turbo, ['run', 'build', '--output-logs', 'new-only', '--no-update-notifier'], {
      logFile: `${logs}/build.log`,
      report,
      env: { TURBO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    }),
  );
}

/** The engine's libraries; quick when they are in the cache already. Shows its own progress. */
export async function provisionEngine() {
  await openPhase('engine', 'network', async () => {
    const { status } = await openly(process.execPath, [...toogit, 'engine', 'install'], { stdout: 'ignore' });
    if (status !== 'exit code 0') throw new Error(`toogit engine install ended with ${status}.`);
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Toogit needs Node 20.19 or newer; this is ${process.versions.node}. See .nvmrc.`);
}

/**
 * Whether node_modules is what package-lock.json has: npm keeps a copy of what it installed, which lacks only
 * the optional packages of other platforms. (Times are no evidence: a checkout touches them.)
 */
function dependenciesInstalled() {
  const wanted = lockedPackages('package-lock.json');
  const installed = lockedPackages('node_modules/.package-lock.json');
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true;
    const found = installed[path];
    return found === undefined
      ? entry.optional === true || entry.peer === true
      : found.version === entry.version;
  });
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}
