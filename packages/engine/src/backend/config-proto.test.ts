import { describe, expect, it } from 'vitest';
import { encodeConfigProto, encodePrecision } from './config-proto.js';

describe('encodeConfigProto', () => {
  it('writes thread counts as varints, and GPU memory growth', () => {
    const proto = encodeConfigProto({ threads: 300, hideGpu: false });
    expect(Buffer.from(proto).toString('hex')).toBe('10ac02' + '28ac02' + '32022001');
  });

  it('hides GPUs by a device_count of none', () => {
    const proto = encodeConfigProto({ threads: 1, hideGpu: true });
    expect(Buffer.from(proto).toString('hex')).toBe(
      '0a07' + '0a03475055' + '1000' + '1001' + '2801' + '32022001',
    );
  });
});

describe('encodePrecision', () => {
  it('leaves float32 to the defaults', () => {
    expect(encodePrecision('float32')).toHaveLength(0);
  });

  it('turns the bfloat16 rewriter on: graph_options (10) { rewrite_options (10) { 31: ON } }', () => {
    expect(Buffer.from(encodePrecision('bfloat16')).toString('hex')).toBe('5205' + '5203' + 'f80101');
  });
});
