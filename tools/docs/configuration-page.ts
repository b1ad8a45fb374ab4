import { globSync } from 'node:fs';
import { loadModule } from './load-module.ts';
import { code, generatedFrom, page, table } from './markdown.ts';
import { type Field, fieldsOf, type Schema } from './schema-fields.ts';

interface Setting extends Field {
  readonly services: string[];
}

/** What is read before the settings, or by tools: there is no schema of it. A test holds it complete. */
const others = [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '', 'Where traces are sent: OTLP over HTTP, without the path'],
  ['OTEL_SERVICE_NAME', 'the folder', 'Name of the process in traces and metrics'],
  ['SLIPSTREAM_TRACE_RATIO', '0.01', 'Share of traces that are recorded, 0 to 1'],
  ['SLIPSTREAM_MANUAL_PORT', '8081', 'Port of the sample site'],
  ['SLIPSTREAM_MANUAL_HOST', '127.0.0.1', 'Address that the sample site listens on'],
  ['SLIPSTREAM_NATS_SERVER', '', 'Path of the nats-server that `npm start` and the tests run'],
  ['SLIPSTREAM_TEST_SUITES', '', 'For tests: `slow` runs `*.slow.test.ts` and nothing else'],
  ['SLIPSTREAM_TEST_NATS_URL', '', 'For tests: a nats-server that runs already'],
  ['SLIPSTREAM_TEST_TALLY', '', 'For `npm test`: file that takes the number of passed tests'],
] as const;

/** The settings of every service, from the schemas that read them. */
export async function configurationPage(): Promise<string> {
  const sources = configFiles();
  const settings = merge(await Promise.all(sources.map(readSettings)));
  const shared = settings.filter(({ services }) => services.length > 1);
  const names = sources.map(serviceOf);
  const sections = names.flatMap((name) => {
    const own = settings.filter(({ services }) => services.length === 1 && services[0] === name);
    return own.length === 0 ? [] : [`## ${name}`, settingsTable(own)];
  });
  return page(
    generatedFrom(['services/*/src/config.ts']),
    '# Configuration',
    'Settings are environment variables. Each service reads them once, when it starts, and does not start when one of them is wrong: the message names every mistake at once. `npm start` has a few of its own and hands the others on: see [its table](../../tools/start/README.md).',
    '## Shared',
    table(
      ['Setting', 'Type', 'Default', 'What it is', 'Services'],
      shared.map((setting) => [...cells(setting), setting.services.join(', ')]),
    ),
    ...sections,
    '## Read outside of the schemas',
    table(
      ['Setting', 'Default', 'What it is'],
      others.map(([name, fallback, text]) => [code(name), fallback, text]),
    ),
  );
}

const configFiles = (): string[] =>
  globSync('services/*/src/config.ts', { cwd: new URL('../..', import.meta.url) }).sort();

const serviceOf = (file: string): string => file.split(/[\\/]/)[1] ?? file;

async function readSettings(file: string): Promise<Setting[]> {
  const { settings } = await loadModule<{ settings: Schema }>(file);
  return fieldsOf(settings).map((field) => ({ ...field, services: [serviceOf(file)] }));
}

/** The same setting of several services is one row, unless they say different things of it. */
function merge(all: readonly Setting[][]): Setting[] {
  const merged = new Map<string, Setting>();
  for (const { services, ...field } of all.flat()) {
    const key = JSON.stringify(field);
    const known = merged.get(key);
    if (known) known.services.push(...services);
    else merged.set(key, { ...field, services: [...services] });
  }
  return [...merged.values()];
}

const settingsTable = (settings: readonly Setting[]): string =>
  table(['Setting', 'Type', 'Default', 'What it is'], settings.map(cells));

function cells({ path, type, default: fallback, description }: Setting): string[] {
  const value = fallback === '' ? '(empty)' : fallback === undefined ? '' : code(String(fallback));
  return [code(path), type, value, description];
}
