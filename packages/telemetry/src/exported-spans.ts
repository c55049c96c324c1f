import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { withoutKeys } from '@toogit/core';

/** The exporter, given spans whose names, attributes and errors hold no API key. */
export function withoutKeysIn(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(masked), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function masked(span: ReadableSpan): ReadableSpan {
  const { message } = span.status;
  return Object.create(span, {
    name: { value: withoutKeys(span.name) },
    attributes: { value: maskedAttributes(span.attributes) },
    status: {
      value: message === undefined ? span.status : { ...span.status, message: withoutKeys(message) },
    },
    events: {
      value: span.events.map(({ attributes, ...event }) => ({
        ...event,
        ...(attributes === undefined ? {} : { attributes: maskedAttributes(attributes) }),
      })),
    },
  });
}

function maskedAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'string' ? withoutKeys(value) : value,
    ]),
  );
}
