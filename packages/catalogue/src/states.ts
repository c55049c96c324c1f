/**
 * A job's life (docs/state-machine.md). `blocked`: waits for inputs. `ready`: all inputs exist; the row is the outbox
 * entry that the dispatcher pushes. `running`: an attempt holds it. `cancelled` jobs belong only to cancelled
 * experiments and become `blocked` or `ready` again when another experiment requests the same key.
 */
export const jobStates = ['blocked', 'ready', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** An experiment's state follows from its jobs: `running` until all are terminal. */
export const experimentStates = ['running', 'succeeded', 'failed', 'cancelled'] as const;
export type ExperimentState = (typeof experimentStates)[number];

export const attemptOutcomes = ['succeeded', 'failed', 'released', 'expired', 'cancelled'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];
