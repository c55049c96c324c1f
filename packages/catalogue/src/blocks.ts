import type { JobEstimate } from './costs/job-estimate.js';
import type { JobPlan } from './definitions/kind-definition.js';

/** A range of examples. */
export interface Block {
  start: number;
  count: number;
}

/**
 * A job for each range of at most `blockSize` examples. All blocks but the last have one size and cost the same, so they
 * share one estimate.
 */
export function planBlocks<P>(
  examples: number,
  blockSize: number,
  costOf: (examples: number, blocks: number) => JobEstimate,
  planOf: (block: Block) => Omit<JobPlan<P>, 'cost'>,
): JobPlan<P>[] {
  const blocks = Math.ceil(examples / blockSize);
  const costs = new Map<number, JobEstimate>();
  return Array.from({ length: blocks }, (_, i) => {
    const block = { start: i * blockSize, count: Math.min(blockSize, examples - i * blockSize) };
    const cost = costs.get(block.count) ?? costOf(block.count, blocks);
    costs.set(block.count, cost);
    return { ...planOf(block), cost };
  });
}

/** Examples that a job of the step holds at once. */
export const largestBlock = (examples: number, blockSize: number) => Math.min(blockSize, examples);
