import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { transferView } from './transfer-view.js';

describe('transferView when piped', () => {
  it('writes a line with amount, rate and ETA every 10 s, and at the end', () => {
    const lines: string[] = [];
    let now = 1_000_000;
    const terminal = {
      out: () => undefined,
      err: (line: string) => lines.push(line),
      interactive: false,
      columns: 80,
      rows: 24,
      colors: picocolors.createColors(false),
    };
    const view = transferView(terminal, 10_000, () => now);
    const mebibyte = 1024 ** 2;
    for (let second = 0; second <= 30; second++) {
      view.update({
        fileName: 'tensorflow.whl',
        doneBytes: second * 10 * mebibyte,
        totalBytes: 300 * mebibyte,
      });
      now += 1000;
    }
    expect(lines).toHaveLength(4);
    expect(lines[1]).toBe('████████░░░░░░░░░░░░░░░░  100 MiB/300 MiB  10 MiB/s  ETA 0:20  tensorflow.whl');
    expect(lines[3]).toContain('300 MiB/300 MiB');
  });
});
