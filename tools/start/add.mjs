// @ts-check
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accelerators } from './accelerators.mjs';
import { SetUpError, say, step } from './progress.mjs';

/*
 * `npm run add -- NAME ...` adds accelerators, `npm run add` lists them. Runs in any Node from 20
 * on, and a second time does nothing.
 */

const cache = resolve(fileURLToPath(import.meta.url), '../../../.cache');
const names = process.argv.slice(2);
const list = accelerators.map(
  ({ name, size, gives }) => `  npm run add -- ${name.padEnd(12)} ${size.padEnd(7)} ${gives}`,
);

try {
  const wanted = names.map((name) => {
    const found = accelerators.find((accelerator) => accelerator.name === name);
    if (!found) throw new SetUpError(`There is no '${name}' to add. There is:\n${list.join('\n')}`);
    return found;
  });
  if (wanted.length === 0) say(`What can be added; everything works without:\n${list.join('\n')}`);
  for (const { name, gives, add } of wanted) {
    await step(name, () => add(cache, process.env));
    say(`${''.padEnd(12)} ${gives}`);
  }
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
