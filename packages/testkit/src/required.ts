/**
 * A test that lacks a service is skipped with that reason; where TOOGIT_TEST_REQUIRE names the service (a comma-separated list),
 * as in CI, it fails.
 */
export function requireService(name: string, reason: string): void {
  const required = (process.env.TOOGIT_TEST_REQUIRE ?? '').split(',').map((word) => word.trim());
  if (required.includes(name)) throw new Error(`${name} is required here, but ${reason}`);
  console.warn(`skipped: tests on ${name}, because ${reason}`);
}
