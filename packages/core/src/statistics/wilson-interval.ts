const quantiles = { 0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004 } as const;

/** Wilson's score interval [lo, hi] for a fraction of which `successes` in `n` were seen (Wilson 1927); [0,1] if n is 0. */
export function wilsonInterval(
  successes: number,
  n: number,
  confidence: keyof typeof quantiles = 0.95,
): [number, number] {
  if (n === 0) return [0, 1];
  const z = quantiles[confidence];
  const p = successes / n;
  const denominator = 1 + z ** 2 / n;
  const center = (p + z ** 2 / (2 * n)) / denominator;
  const half = (z / denominator) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  // At 0 and n the interval reaches the end exactly; rounding would leave it a hair outside.
  return [successes === 0 ? 0 : center - half, successes === n ? 1 : center + half];
}
