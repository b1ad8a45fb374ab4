import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one plain line, for CI systems that count tests: `19 passed, 0 failed`. Under
 * `npm test`, which has several runs and one closing line, the counts go to the file that
 * `SLIPSTREAM_TEST_TALLY` names instead.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number =>
      tests.filter((test) => test.result().state === state).length;
    // A module that could not be loaded, or whose hooks threw, has no failed test of its own.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && !hasFailedTest(module),
    ).length;
    const passed = count('passed');
    const failed = count('failed') + broken + errors.length;
    const file = process.env['SLIPSTREAM_TEST_TALLY'];
    if (file) writeFileSync(file, JSON.stringify({ passed, failed }));
    else process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}

function hasFailedTest(module: TestModule): boolean {
  return [...module.children.allTests('failed')].length > 0;
}
