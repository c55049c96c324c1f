import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { expect, it } from 'vitest';
import { withoutKeysIn } from './exported-spans.js';
import { endFailed } from './tracing.js';

it('exported spans hold no API key, wherever it was put', async () => {
  const secret = 'A'.repeat(43);
  const key = `tgt_0123456789abcdef_${secret}`;
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(withoutKeysIn(memory))],
  });
  const span = provider
    .getTracer('test')
    .startSpan(`GET /v1/jobs/${key}`, { attributes: { jobKey: key, jobs: 3 } });
  span.addEvent('refused', { url: `/v1/jobs/${key}` });
  endFailed(span, new Error(`There is no job ${key}.`));
  await provider.forceFlush();
  const [exported] = memory.getFinishedSpans();
  const { name, attributes, status, events, kind, duration } = exported ?? {};
  expect(JSON.stringify({ name, attributes, status, events })).not.toContain(secret);
  expect(attributes).toEqual({ jobKey: 'tgt_0123456789abcdef_[secret]', jobs: 3 });
  expect(status?.message).toBe('There is no job tgt_0123456789abcdef_[secret].');
  expect([kind, duration?.length]).toEqual([0, 2]);
});
