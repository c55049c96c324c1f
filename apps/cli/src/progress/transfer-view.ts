import { createLogUpdate } from 'log-update';
import { formatAmount, formatBar, formatClock, formatRate } from '../format.js';
import type { Terminal } from '../terminal.js';

/** Bytes of one file under way. */
export interface Transfer {
  fileName: string;
  doneBytes: number;
  totalBytes: number;
}

export interface TransferView {
  update(transfer: Transfer): void;
  close(): void;
}

/** A bar for a download: redrawn in place for a person, a line at most every 10 s for a pipe. */
export function transferView(terminal: Terminal, everyMs = 10_000, now = Date.now): TransferView {
  const draw = terminal.interactive ? createLogUpdate(process.stderr) : null;
  const meter = rateMeter(now);
  let writtenAt = 0;
  return {
    update(transfer) {
      const line = renderTransfer(transfer, meter(transfer));
      const done = transfer.doneBytes === transfer.totalBytes;
      if (draw !== null) draw(line);
      else if (done || now() - writtenAt >= everyMs) {
        writtenAt = now();
        terminal.err(line);
      }
    },
    close: () => draw?.done(),
  };
}

export function renderTransfer(
  { fileName, doneBytes, totalBytes }: Transfer,
  bytesPerSecond: number | null,
): string {
  const rate = bytesPerSecond === null ? [] : [formatRate(bytesPerSecond, 'bytes')];
  const left = totalBytes - doneBytes;
  const eta = bytesPerSecond && left > 0 ? [`ETA ${formatClock(left / bytesPerSecond)}`] : [];
  const bar = formatBar(totalBytes > 0 ? doneBytes / totalBytes : 0, 24);
  return [bar, formatAmount(doneBytes, totalBytes, 'bytes'), ...rate, ...eta, fileName].join('  ');
}

/** Bytes a second since the file began (a resumed part doesn't count). */
function rateMeter(now: () => number) {
  let start: { fileName: string; bytes: number; at: number } | null = null;
  return ({ fileName, doneBytes }: Transfer): number | null => {
    if (start?.fileName !== fileName) start = { fileName, bytes: doneBytes, at: now() };
    const seconds = (now() - start.at) / 1000;
    return seconds < 0.5 ? null : (doneBytes - start.bytes) / seconds;
  };
}
