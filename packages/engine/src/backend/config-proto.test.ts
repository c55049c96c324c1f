import { describe, expect, it } from 'vitest';
import { encodeConfigProto } from './config-proto.js';

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
