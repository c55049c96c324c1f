/** A Vitest reporter that counts, and keeps what was skipped with its reason, for scripts/test.mjs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

const outputFile = 'out/test/summary.json';

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: [], failures: [] };
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId);
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') summary.passed += 1;
        else if (result.state === 'failed') failedTests += 1;
        else if (result.state === 'skipped') summary.skipped.push(skipped(file, test, result));
        if (result.state === 'failed') summary.failures.push(`${file} > ${test.fullName}`);
      }
      if (failedTests === 0 && module.state() === 'failed') {
        failedTests = 1;
        summary.failures.push(`${file} (the file itself)`);
      }
      summary.failed += failedTests;
    }
    mkdirSync(dirname(outputFile), { recursive: true });
    writeFileSync(outputFile, JSON.stringify(summary, null, 2));
  }
}

/** A reason is what `context.skip(reason)` was given; else the test's name holds it (`needs a redis-server`). */
function skipped(file, test, result) {
  return { file, name: test.fullName, reason: result.note ?? 'see its name' };
}
