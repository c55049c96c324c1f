/** Named phases with live progress and times. Plain Node: runs before anything is installed. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const live = process.stderr.isTTY === true;

/** Times of all phases in order; `kind` keeps waiting for the network apart from computing. */
export const phases = [];

/** Runs `work(report)`; shows the name, the newest remark and the time while it runs. */
export async function phase(name, kind, work) {
  return timed(name, kind, work, progressTicker);
}

/** The same for work that shows its own progress. */
export async function openPhase(name, kind, work) {
  return timed(name, kind, work, () => {
    print(`▸ ${name}`);
    return { report: () => {}, end: print };
  });
}

async function timed(name, kind, work, tickerFor) {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const ticker = tickerFor(name, seconds);
  try {
    const result = await work(ticker.report);
    phases.push({ name, kind, seconds: seconds() });
    ticker.end(`✔ ${name}  ${seconds().toFixed(1)} s`);
    return result;
  } catch (error) {
    ticker.end(`✖ ${name}  ${seconds().toFixed(1)} s`);
    throw error;
  }
}

function progressTicker(name, seconds) {
  let remark = '';
  let spoken = live ? 0 : 2;
  const draw = () => {
    if (live) process.stderr.write(`\r\x1b[2K▸ ${name}  ${seconds().toFixed(0)} s  ${clip(remark)}`);
    else if (seconds() >= spoken) {
      spoken = seconds() + 10;
      process.stderr.write(`▸ ${name}  ${seconds().toFixed(0)} s  ${clip(remark)}\n`);
    }
  };
  draw();
  const timer = setInterval(draw, live ? 200 : 1000);
  return {
    report: (text) => {
      remark = text;
    },
    end: (line) => {
      clearInterval(timer);
      process.stderr.write(`${live ? '\r\x1b[2K' : ''}${line}\n`);
    },
  };
}

function print(line) {
  process.stderr.write(`${line}\n`);
}

function clip(text) {
  const room = Math.max(20, (process.stderr.columns ?? 110) - 40);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

/** What a command that failed leaves behind: its last words. */
export class CommandFailed extends Error {
  constructor(command, status, logFile, tail) {
    super(`${command} ended with ${status}; its last lines (all of them: ${logFile}):\n${tail}`);
  }
}

const children = new Set();

/** Runs a command quietly: output goes to `logFile`, its newest line to `report`. @throws CommandFailed */
export async function quietly(command, args, { logFile, report = () => {}, env = {} }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log.write(text);
      const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
      if (lines.length > 0) report(lines.at(-1).trim());
      tail = [...tail, ...lines].slice(-25);
    });
  }
  const status = await ended(child);
  log.end();
  if (status !== 'exit code 0')
    throw new CommandFailed(`${command} ${args.join(' ')}`, status, logFile, tail.join('\n'));
}

/** Runs a command in the open, on our own terminal; resolves with its exit status. */
export async function openly(command, args, { env = {}, stdout = 'inherit' } = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 'inherit'],
  });
  children.add(child);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const status = await ended(child);
  return { status, text };
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
}

/** Passes a signal on to whatever runs. */
export function interruptChildren(signal) {
  for (const child of children) child.kill(signal);
}
