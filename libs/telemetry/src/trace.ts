import { randomFillSync } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  INVALID_TRACEID,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

export { type Attributes, type Span, SpanKind };

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** W3C traceparent of the parent. Without it the active span is the parent. */
  readonly parent?: string | undefined;
  /** Starts a trace of its own, linked to this traceparent. */
  readonly linkedTo?: string | undefined;
}

/** Share of new traces that are recorded, 0 to 1. Undefined until tracing has started. */
let recordedShare: number | undefined;

/**
 * Decides from now on which new traces are recorded. The SDK sees only those: it spends several
 * microseconds on a span that nobody records, a tenth of the time that a small task takes.
 */
export function recordShare(share: number): void {
  recordedShare = share;
}

/** Runs `run` in a new span, records its error, and ends the span when the promise settles. */
export async function withSpan<T>(
  name: string,
  options: SpanOptions,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  const { span, active } = openSpan(name, options);
  try {
    return await context.with(active, run, undefined, span);
  } catch (error) {
    recordError(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A span that the caller ends, and the context in which it is active. */
export function openSpan(name: string, options: SpanOptions): { span: Span; active: Context } {
  const parent = contextOf(options);
  const unrecorded = unrecordedIn(parent);
  if (unrecorded) {
    const active = trace.setSpanContext(parent, unrecorded);
    return { span: trace.wrapSpanContext(unrecorded), active };
  }
  const span = trace.getTracer('slipstream').startSpan(
    name,
    {
      kind: options.kind ?? SpanKind.INTERNAL,
      ...(options.attributes && { attributes: options.attributes }),
      links: linksOf(options.linkedTo),
    },
    parent,
  );
  return { span, active: trace.setSpan(parent, span) };
}

/** Runs `run` as part of a trace that nobody records: spans inside it are not recorded either. */
export function inTrace<T>(traceparent: string | undefined, run: () => T): T {
  return context.with(contextOf({ parent: traceparent }), run);
}

/** Marks a span as failed. */
export function recordError(span: Span, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  span.recordException(failure);
  span.setAttribute('error.type', failure.name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}

/** The W3C header of a span, by default of the active one. Undefined when tracing was not started. */
export function traceparentOf(span = trace.getActiveSpan()): string | undefined {
  const of = span?.spanContext();
  return of && isValid(of) ? format(of) : undefined;
}

export const traceIdOf = (traceparent: string | undefined): string | undefined =>
  traceparent?.slice(3, 35);

/** Nobody records an unsampled trace: only its header's bytes are handed on. */
export const isSampled = (traceparent: string | undefined): boolean =>
  traceparent?.endsWith('01') ?? false;

/** The trace in which a new span is not recorded. All of its spans share one id: nobody will see them. */
function unrecordedIn(parent: Context): SpanContext | undefined {
  if (recordedShare === undefined) return undefined;
  const known = trace.getSpanContext(parent);
  if (known && isValid(known)) return known.traceFlags & TraceFlags.SAMPLED ? undefined : known;
  if (Math.random() < recordedShare) return undefined;
  return { traceId: randomHex(16), spanId: randomHex(8), traceFlags: TraceFlags.NONE };
}

const isValid = ({ traceId }: SpanContext): boolean => traceId !== INVALID_TRACEID;

/** Random bytes are cheap by the thousand. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

function contextOf({ parent, linkedTo }: SpanOptions): Context {
  if (linkedTo !== undefined) return ROOT_CONTEXT;
  const remote = parse(parent);
  return remote ? trace.setSpanContext(context.active(), remote) : context.active();
}

function linksOf(traceparent: string | undefined): Link[] {
  const linked = parse(traceparent);
  return linked ? [{ context: linked }] : [];
}

const format = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${(traceFlags & 1).toString().padStart(2, '0')}`;

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function parse(header: string | undefined): SpanContext | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '');
  const [, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
