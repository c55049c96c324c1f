/**
 * The x > 0 at which a decreasing function takes the value `target`, to relative 1e-14: the bracket grows by powers of
 * four from 1, then is halved in log x.
 */
export function rootOfDecreasing(f: (x: number) => number, target: number): number {
  let low = 1;
  let high = 1;
  while (f(low) < target) low /= 4;
  while (f(high) > target) high *= 4;
  while (high / low > 1 + 1e-14) {
    const middle = Math.sqrt(low * high);
    if (middle <= low || middle >= high) break;
    if (f(middle) > target) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
