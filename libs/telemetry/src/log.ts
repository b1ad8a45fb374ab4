import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';

export type { Logger };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** One JSON line per event, with the trace it belongs to. `service` tells the process. */
export const createLogger = (service: string, level: LogLevel = 'info'): Logger =>
  pino({
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: stdSerializers.err },
    mixin: activeTrace,
  });

function activeTrace(): object {
  const active = trace.getActiveSpan()?.spanContext();
  if (!active || !isSpanContextValid(active)) return {};
  return { trace_id: active.traceId, span_id: active.spanId };
}
