import type { JobEstimate } from './job-estimate.js';
import { byteWork } from './work.js';

/** Of a job that reads and writes so many bytes and computes nothing to speak of. */
export const bytesCost = (bytes: number): JobEstimate => ({ flops: 0, bytes, work: byteWork * bytes });
