/**
 * P(|T| ≤ t) of Student's t with a whole number of degrees of freedom, by its finite series (Abramowitz and Stegun
 * 26.7.3 and 26.7.4). `t` ≥ 0.
 */
export function studentTWithin(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degreesOfFreedom; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
}

/** The t that T stays within, on both sides, with the given probability in [0,1): 12.706 for 0.95 and one degree. */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  let [low, high] = [0, 1];
  while (studentTWithin(high, degreesOfFreedom) < probability) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (studentTWithin(middle, degreesOfFreedom) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
