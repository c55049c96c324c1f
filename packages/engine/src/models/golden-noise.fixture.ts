/** The finalizer of MurmurHash3 over the index, as a fraction of 2^32: golden/noise.py in float64. */
export function noise(tensor: number, size: number): Float64Array {
  const start = Math.imul(tensor, 0x9e3779b9);
  return Float64Array.from({ length: size }, (_, i) => {
    let h = (i + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  });
}
