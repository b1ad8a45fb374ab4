import type { IncomingMessage, ServerResponse } from 'node:http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { recordShare } from './trace.ts';

let exporter: PrometheusExporter | undefined;
let sdk: NodeSDK | undefined;

/** Settings that every service reads before anything else runs. */
export interface TelemetrySettings {
  readonly service: string;
  /** Where traces go (OTLP over HTTP, without the path). Without it trace ids are made, and nothing is sent. */
  readonly otlpEndpoint?: string | undefined;
  /** Share of traces that are recorded, 0 to 1. */
  readonly traceRatio: number;
}

/** Starts tracing and metrics. Once per process, before the modules that use them. */
export function startTelemetry({ service, otlpEndpoint, traceRatio }: TelemetrySettings): void {
  exporter = new PrometheusExporter({ preventServerStart: true });
  sdk = new NodeSDK({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'slipstream',
      'service.instance.id': `${service}-${process.pid}`,
    }),
    autoDetectResources: false,
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [otlpEndpoint ? sendTo(otlpEndpoint) : discard],
    logRecordProcessors: [],
    metricReaders: [exporter],
    instrumentations: [],
  });
  sdk.start();
  recordShare(otlpEndpoint ? traceRatio : 0);
}

const sendTo = (endpoint: string): SpanProcessor =>
  new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
    scheduledDelayMillis: 1_000,
    maxQueueSize: 50_000,
  });

/** The SDK makes no trace ids without a processor; answers and tasks carry one in any case. */
const discard: SpanProcessor = {
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** Answers a scrape by Prometheus. */
export function serveMetrics(request: IncomingMessage, response: ServerResponse): void {
  if (exporter) exporter.getMetricsRequestHandler(request, response);
  else response.writeHead(503).end('# telemetry was not started\n');
}

/** Sends what is still in hand. The last thing that a service does. */
export async function stopTelemetry(): Promise<void> {
  await sdk?.shutdown();
}
