import { createLogUpdate } from 'log-update';
import type { Terminal } from '../terminal.js';
import { elapsedSeconds, renderLine, renderLive, type Snapshot } from './render.js';

/** Shows an experiment under way; `update` is called as often as something is known. */
export interface ProgressView {
  update(snapshot: Snapshot): void;
  /** The last state stays on screen. */
  close(): void;
}

/** Redraws in place on stderr, so that stdout holds results only. */
export function liveView(terminal: Terminal): ProgressView {
  const draw = createLogUpdate(process.stderr);
  return {
    update: (snapshot) => draw(renderLive(snapshot, terminal, terminal.colors, Date.now())),
    close: () => draw.done(),
  };
}

/** For pipes: a line when a step's state changes, and one a running step at most every `everyMs`. */
export function lineView(write: (line: string) => void, everyMs = 10_000, now = Date.now): ProgressView {
  const states = new Map<string, string>();
  const written = new Map<string, number>();
  let notice: string | null = null;
  return {
    update(snapshot) {
      if (snapshot.notice !== null && snapshot.notice !== notice) write(snapshot.notice);
      notice = snapshot.notice;
      for (const step of snapshot.steps) {
        const state = step.unmatched > 0 ? 'unmatched' : step.unstorable > 0 ? 'unstorable' : step.state;
        const changed = states.get(step.name) !== state;
        const due = step.state === 'running' && now() - (written.get(step.name) ?? 0) >= everyMs;
        if (!changed && !due) continue;
        states.set(step.name, state);
        if (changed && state === 'waiting') continue;
        written.set(step.name, now());
        write(renderLine(snapshot, step, now()));
      }
    },
    close() {},
  };
}

/** For programs: one JSON document a line, each time something changed. */
export function jsonView(write: (line: string) => void, now = Date.now): ProgressView {
  let last = '';
  return {
    update(snapshot) {
      const { id, name, state, jobsDone, jobsTotal, steps, notice } = snapshot;
      const text = JSON.stringify({ id, name, state, steps, notice });
      if (text === last) return;
      last = text;
      const seconds = elapsedSeconds(snapshot, now());
      write(JSON.stringify({ id, name, state, jobsDone, jobsTotal, elapsedSeconds: seconds, steps, notice }));
    },
    close() {},
  };
}
