import { type ErrorCode, errorRegistry } from './registry.js';

/** One offending place in what somebody sent. `path` is dotted (`steps.train.stepsize`), empty for the whole. */
export interface ErrorDetail {
  path: string;
  message: string;
  suggestion?: string;
  /** Line of the text that was sent, from 1, where it is known. */
  line?: number;
}

/** The form in which an error crosses a process or the wire. */
export interface SerializedError {
  code: ErrorCode;
  message: string;
  next: string;
  retryable: boolean;
  details?: ErrorDetail[];
}

export interface ToogitErrorOptions {
  details?: ErrorDetail[];
  cause?: unknown;
  /** What to do about this error, where the registry's advice for its code does not fit. */
  next?: string;
  /** Digest of the blob concerned, for `ARTIFACT_MISSING` and `ARTIFACT_CORRUPT`. */
  digest?: string;
}

/** An error with a code from the registry; whatever else is thrown is a defect and becomes `INTERNAL`. */
export class ToogitError extends Error {
  override readonly name = 'ToogitError';
  readonly code: ErrorCode;
  readonly details: ErrorDetail[] | undefined;
  readonly digest: string | undefined;
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: ToogitErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details;
    this.digest = options.digest;
    this.next = options.next ?? errorRegistry[code].next;
  }

  get status(): number {
    return errorRegistry[this.code].status;
  }

  get retryable(): boolean {
    return errorRegistry[this.code].retryable;
  }

  toJSON(): SerializedError & { digest?: string } {
    return {
      code: this.code,
      message: this.message,
      next: this.next,
      retryable: this.retryable,
      ...(this.details ? { details: this.details } : {}),
      ...(this.digest ? { digest: this.digest } : {}),
    };
  }

  /** Rebuilds an error that crossed a process border. */
  static fromJSON(json: SerializedError & { digest?: string }): ToogitError {
    const known = json.code in errorRegistry;
    return new ToogitError(known ? json.code : 'INTERNAL', json.message, {
      ...(known && json.next ? { next: json.next } : {}),
      ...(json.details ? { details: json.details } : {}),
      ...(json.digest ? { digest: json.digest } : {}),
    });
  }

  /** The error itself if it is coded, else `INTERNAL` with the original as its cause. */
  static from(error: unknown): ToogitError {
    if (error instanceof ToogitError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new ToogitError('INTERNAL', message, { cause: error });
  }
}
