import type { ResourceClass } from '@toogit/catalogue';
import type { ReadyJob } from '@toogit/runs';

export const resourceClasses: readonly ResourceClass[] = ['tensor', 'cpu'];

/** One queue for each resource class, so that a worker takes only what it can run. */
export function queueName(resource: ResourceClass): string {
  return `toogit-${resource}`;
}

/** The same attempt pushed twice is one delivery. BullMQ ids may not hold `:`. */
export function deliveryId({ key, nextAttempt }: ReadyJob): string {
  return `${key}-${nextAttempt}`;
}
