import { writeFileSync } from 'node:fs';

/**
 * Peak resident memory from now on, in bytes. On Linux the process's high-water mark is reset first, so that a job
 * is not charged for an earlier one; elsewhere it is the peak since the process started.
 */
export function peakRss(): { bytes(): number } {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not allowed.
  }
  return { bytes: () => process.resourceUsage().maxRSS * 1024 };
}
