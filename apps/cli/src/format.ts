import stringWidth from 'string-width';

/** Numbers as people read them. All pure; no colour. */

/** 75 s → `1:15`; 3700 s → `1:01:40`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** 0.8 s, 12.3 s, 2 min 05 s, 1 h 02 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** 1536 → `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

/** 1234567 → `1,234,567`; fractions keep two significant digits below 10. */
export function formatCount(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });
}

/** 3.2e12 → `3.2 TFLOP`. */
export function formatFlops(flops: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
  const power = flops < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(flops) / 3));
  const value = flops / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}FLOP`;
}

/** `84 images/s`; bytes become `12 MiB/s`. */
export function formatRate(rate: number, unit: string): string {
  return unit === 'bytes' ? `${formatBytes(rate)}/s` : `${formatCount(rate)} ${unit}/s`;
}

/** `1,200/5,000 images`; bytes become `12 MiB/170 MiB`. */
export function formatAmount(done: number, total: number, unit: string): string {
  return unit === 'bytes'
    ? `${formatBytes(done)}/${formatBytes(total)}`
    : `${formatCount(done)}/${formatCount(total)} ${unit}`;
}

/** A bar of `width` cells for a fraction in [0, 1]. */
export function formatBar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** Columns aligned with two spaces between; right-aligns the columns named. */
export function alignColumns(rows: string[][], rightAligned: number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, stringWidth(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const padding = ' '.repeat((widths[i] ?? 0) - stringWidth(cell));
        return rightAligned.includes(i) ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}
