import { withoutKeysIn } from './exported-spans.js';

/** Where spans go, and under which rules, stands in OpenTelemetry's own variables; its SDK reads the rest of them. */
export const tracingVariable = 'OTEL_EXPORTER_OTLP_ENDPOINT';

export interface Tracing {
  /** Sends what has ended so far. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const off: Tracing = { flush: async () => {}, stop: async () => {} };

/**
 * Exports spans as OTLP over HTTP (JSON) if OTEL_EXPORTER_OTLP_ENDPOINT is set; else the SDK is not even loaded. A
 * collector that is away costs spans, nothing else.
 */
export async function startTracing(serviceName: string): Promise<Tracing> {
  if (!process.env[tracingVariable]) return off;
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [
      new BatchSpanProcessor(withoutKeysIn(new OTLPTraceExporter()), { scheduledDelayMillis: 1_000 }),
    ],
  });
  provider.register();
  return {
    flush: () => provider.forceFlush().catch(() => {}),
    stop: () => provider.shutdown().catch(() => {}),
  };
}
