import { loadModule } from './load-module.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'updown';
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

const SOURCE = 'libs/telemetry/src/metrics.ts';

/** Every metric of the catalogue, with the name that Prometheus sees. */
export async function metricsPage(): Promise<string> {
  const { catalogue } = await loadModule<{ catalogue: Record<string, Metric> }>(SOURCE);
  const rows = Object.values(catalogue).map((metric) => [
    code(metric.name),
    code(prometheusName(metric)),
    metric.type === 'updown' ? 'gauge' : metric.type,
    code(metric.unit),
    metric.description,
  ]);
  return page(
    generatedFrom([SOURCE]),
    '# Metrics',
    'Every service serves these at `/metrics` on its own port, each from the first time that it has something to count. [Traces and metrics](../guides/traces-and-metrics.md) shows how to read them.',
    table(['Metric', 'In Prometheus', 'Type', 'Unit', 'What it tells'], rows),
  );
}

/** As the exporter writes it: dots become underscores, counters end in `_total`, units are left out. */
const prometheusName = ({ name, type }: Metric): string =>
  name.replaceAll('.', '_') + (type === 'counter' ? '_total' : '');
