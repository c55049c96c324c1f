import type { WebhookDelivery, WebhookExceptions } from '@toogit/runs';

/**
 * Limits of one process. A receiver that does not answer holds each of its connections for the whole time limit; what it
 * holds is taken from nobody else.
 */
export interface DeliveryLimits {
  total: number;
  /** Of one project to one receiver. */
  perReceiver: number;
  perProject: number;
}

type Destination = Pick<WebhookDelivery, 'projectId' | 'receiver'>;

/** What is being sent, counted by project and receiver. */
export class DeliveriesInFlight {
  readonly #deliveries = new Set<Destination>();

  constructor(private readonly limits: DeliveryLimits) {}

  add({ projectId, receiver }: Destination): Destination {
    const added = { projectId, receiver };
    this.#deliveries.add(added);
    return added;
  }

  delete(added: Destination): void {
    this.#deliveries.delete(added);
  }

  get isFull(): boolean {
    return this.#deliveries.size >= this.limits.total;
  }

  /** The projects and receivers that have as many as they may. */
  atLimit(): WebhookExceptions {
    const all = [...this.#deliveries];
    const ofProjects = counts(all.map(({ projectId }) => projectId));
    const ofReceivers = counts(all.map(destinationOf));
    const { perProject, perReceiver } = this.limits;
    return {
      projects: [...ofProjects].flatMap(([id, count]) => (count < perProject ? [] : id)),
      receivers: all.filter((delivery) => (ofReceivers.get(destinationOf(delivery)) ?? 0) >= perReceiver),
    };
  }
}

const destinationOf = ({ projectId, receiver }: Destination) => `${projectId} ${receiver}`;

function counts(keys: string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const key of keys) result.set(key, (result.get(key) ?? 0) + 1);
  return result;
}
