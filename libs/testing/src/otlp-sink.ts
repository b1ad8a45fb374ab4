import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SunkSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly linkedTraceIds: readonly string[];
}

export interface OtlpSink extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly SunkSpan[];
}

interface Exported {
  readonly resourceSpans?: readonly {
    readonly resource: {
      readonly attributes: readonly { key: string; value: { stringValue?: string } }[];
    };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<SunkSpan, 'service' | 'linkedTraceIds'> & {
        readonly links?: readonly { readonly traceId: string }[];
      })[];
    }[];
  }[];
}

/** Takes traces as a collector would (OTLP over HTTP, JSON) and keeps them for a test to look at. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SunkSpan[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const exported = JSON.parse(Buffer.concat(parts).toString()) as Exported;
      for (const { resource, scopeSpans } of exported.resourceSpans ?? []) {
        const named = resource.attributes.find(({ key }) => key === 'service.name');
        const service = named?.value.stringValue ?? '';
        for (const { name, traceId, spanId, parentSpanId = '', links = [] } of scopeSpans.flatMap(
          (scope) => scope.spans,
        )) {
          const linkedTraceIds = links.map((link) => link.traceId);
          spans.push({ service, name, traceId, spanId, parentSpanId, linkedTraceIds });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The roots of a trace, and its spans whose parent is missing. One root and no orphan: a tree. */
export function treeOf(
  spans: readonly SunkSpan[],
  traceId: string,
): { spans: readonly SunkSpan[]; roots: readonly SunkSpan[]; orphans: readonly SunkSpan[] } {
  const own = spans.filter((span) => span.traceId === traceId);
  const ids = new Set(own.map(({ spanId }) => spanId));
  return {
    spans: own,
    roots: own.filter(({ parentSpanId }) => parentSpanId === ''),
    orphans: own.filter(({ parentSpanId }) => parentSpanId !== '' && !ids.has(parentSpanId)),
  };
}
