/** `node --import @slipstream/telemetry/start src/main.ts`: telemetry runs before the service's modules load. */
import { basename } from 'node:path';
import { startTelemetry } from './sdk.ts';

startTelemetry({
  service: process.env['OTEL_SERVICE_NAME'] ?? basename(process.cwd()),
  otlpEndpoint: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
  traceRatio: Number(process.env['SLIPSTREAM_TRACE_RATIO'] ?? 0.01),
});
