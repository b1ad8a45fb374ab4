import { globSync, readFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Crash, browser and container suites: `npm test` runs them after everything else. */
const slowSuites = '**/*.slow.test.ts';
const slow = process.env['SLIPSTREAM_TEST_SUITES'] === 'slow';
const suites = slow
  ? { include: [slowSuites] }
  : { exclude: [...configDefaults.exclude, slowSuites] };

// Written out, for a project that is only named by its folder takes nothing over from here.
const packages = globSync('{libs,services,examples}/*/package.json', { cwd: import.meta.dirname })
  .sort()
  .map((file) => ({ root: file.slice(0, -'/package.json'.length), name: nameIn(file) }));

export default defineConfig({
  test: {
    projects: [...packages, { name: 'tools', root: 'tools' }].map(({ name, root }) => ({
      extends: true as const,
      root,
      test: { name, ...suites, setupFiles: [`${import.meta.dirname}/tools/patient-tests.ts`] },
    })),
    isolate: false,
    // Most tests wait for a server or a thread rather than for the processor. Those that kill and
    // measure recoveries have the machine for themselves.
    maxWorkers: slow ? 1 : 2,
    passWithNoTests: true,
    testTimeout: slow ? 120_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './tools/summary-reporter.ts'],
  },
});

function nameIn(manifest: string): string {
  return JSON.parse(readFileSync(`${import.meta.dirname}/${manifest}`, 'utf8')).name;
}
