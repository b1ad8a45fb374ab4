import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends a run with one plain line, for CI systems that count tests: `19 passed, 0 failed`. Under
 * `npm test`, which has several runs and one closing line, the counts and what failed go to the file
 * that `SLIPSTREAM_TEST_TALLY` names instead.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const failures = [
      ...modules.flatMap(failuresOf),
      ...errors.map((error) => describe('outside of a test', [error])),
    ];
    const failed = failures.length;
    const file = process.env['SLIPSTREAM_TEST_TALLY'];
    if (file) writeFileSync(file, JSON.stringify({ passed, failed, failures }));
    else process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}

function failuresOf(module: TestModule): string[] {
  const name = module.relativeModuleId;
  const failed = [...module.children.allTests('failed')];
  if (failed.length > 0)
    return failed.map((test) => describe(`${name} > ${test.fullName}`, test.result().errors ?? []));
  // A module that could not be loaded, or whose hooks threw, has no failed test of its own.
  if (module.state() !== 'failed') return [];
  const suites = [...module.children.allSuites()];
  return [
    describe(
      name,
      [module, ...suites].flatMap((one) => one.errors()),
    ),
  ];
}

const describe = (where: string, errors: readonly Pick<SerializedError, 'message'>[]): string =>
  [where, ...errors.map(({ message }) => message)].join('\n');
