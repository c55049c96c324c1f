import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/*
 * Spans through OpenTelemetry's API, which does nothing until a process starts its SDK (start-tracing.ts). Between
 * processes a span travels as W3C traceparent, in a column or a message.
 */

const tracer = () => trace.getTracer('toogit');
const traceParentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** `work` inside a span, below the one that is active; what it throws ends the span as failed. */
export function inSpan<T>(
  name: string,
  work: (span: Span) => Promise<T>,
  attributes?: Attributes,
): Promise<T>;
export function inSpan<T>(name: string, work: (span: Span) => T, attributes?: Attributes): T;
export function inSpan<T>(name: string, work: (span: Span) => T, attributes: Attributes = {}): T {
  return tracer().startActiveSpan(name, { attributes }, (span) => {
    try {
      const result = work(span);
      if (!(result instanceof Promise)) {
        span.end();
        return result;
      }
      return result.then(
        (value) => {
          span.end();
          return value;
        },
        (error) => {
          endFailed(span, error);
          throw error;
        },
      ) as T;
    } catch (error) {
      endFailed(span, error);
      throw error;
    }
  });
}

/** A span whose parent came from another process (null: none), to be ended by whoever starts it. */
export function startSpan(
  name: string,
  parent: string | null,
  options: { kind?: 'server' | 'consumer'; attributes?: Attributes; startedAt?: Date } = {},
): Span {
  const { kind, attributes = {}, startedAt } = options;
  return tracer().startSpan(
    name,
    { kind: kindOf(kind), attributes, ...(startedAt ? { startTime: startedAt } : {}) },
    contextOf(parent),
  );
}

function kindOf(kind: 'server' | 'consumer' | undefined): SpanKind {
  if (kind === undefined) return SpanKind.INTERNAL;
  return kind === 'server' ? SpanKind.SERVER : SpanKind.CONSUMER;
}

/** Calls `work` with `span` as the active one. */
export function within<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Calls `work` below a span of another process. */
export function below<T>(traceParent: string | null, work: () => T): T {
  return context.with(contextOf(traceParent), work);
}

/** W3C traceparent of the given or the active span; null if nothing is traced. */
export function traceParentOf(span: Span | undefined = trace.getActiveSpan()): string | null {
  const facts = span?.spanContext();
  if (!facts || !trace.isSpanContextValid(facts)) return null;
  const flags = facts.traceFlags.toString(16).padStart(2, '0');
  return `00-${facts.traceId}-${facts.spanId}-${flags}`;
}

/** The id under which to look for a line's trace. */
export function traceIdOf(span: Span): string | null {
  return traceParentOf(span)?.split('-')[1] ?? null;
}

export function endFailed(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
}

/** Anything that is not a traceparent of version 00 counts as none: it may come from outside. */
function contextOf(traceParent: string | null): Context {
  const [, traceId, spanId, flags] = traceParentForm.exec(traceParent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}
