export { createLogger, type Logger, type LogLevel } from './log.ts';
export { catalogue, metrics } from './metrics.ts';
export { serveMetrics, startTelemetry, stopTelemetry, type TelemetrySettings } from './sdk.ts';
export {
  type Attributes,
  inTrace,
  isSampled,
  openSpan,
  recordError,
  type Span,
  SpanKind,
  type SpanOptions,
  traceIdOf,
  traceparentOf,
  withSpan,
} from './trace.ts';
