import { Brand, type KnownDocument } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import { knownDocuments } from '../knowledge/known-documents.ts';
import type { GatewayParts } from '../parts.ts';

/** Documents of each brand in llms.txt, and documents altogether in either file. */
const FEW = 50;
const MOST = 2_000;

const querystring = Type.Object({ brand: Type.Optional(Brand) }, { additionalProperties: false });

/** `/llms.txt` and `/llms-full.txt` (llmstxt.org): what a model can ask here, and what about. */
export function llmsTextRoutes(app: HttpApp, parts: GatewayParts): void {
  for (const [url, perBrand] of [
    ['/llms.txt', FEW],
    ['/llms-full.txt', MOST],
  ] as const) {
    app.get(url, { schema: { hide: true, querystring } }, async ({ query }, reply) => {
      const { documents } = await knownDocuments(parts, { ...query, limit: MOST });
      const calls = perBrand === FEW ? mainCalls : allCalls(app);
      const text = [head, '## Calls\n', ...calls, ...brandParts(documents, perBrand)].join('\n');
      return reply.type('text/plain; charset=utf-8').send(`${text}\n`);
    });
  }
}

const head = `# Slipstream

> Product documentation, indexed and kept fresh. Ask it: answers carry citations, and what the documentation does not say is not answered.

A model calls the tools \`search\`, \`ask\` and \`sources\` by MCP at \`/mcp\`; a program calls the REST API.
`;

const mainCalls = [
  '- [POST /v1/queries](/docs): `{"question": "...", "brand": "..."}`, an answer with citations, or the reason why there is none',
  '- [GET /v1/search](/docs): `?q=...&brand=...`, the best passages',
  '- [POST /mcp](/docs): Model Context Protocol, streamable HTTP',
  '- [OpenAPI](/openapi.json): all calls',
  '- [llms-full.txt](/llms-full.txt): all calls and all documents',
];

/** One line for each operation of the OpenAPI description. */
function allCalls(app: HttpApp): string[] {
  const { paths = {} } = app.swagger() as { paths?: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { summary = '' } = operation as { summary?: string };
      return `- \`${method.toUpperCase()} ${path}\`: ${summary}`;
    }),
  );
}

function brandParts(documents: readonly KnownDocument[], perBrand: number): string[] {
  const byBrand = Map.groupBy(documents, ({ brand }) => brand);
  return [...byBrand].flatMap(([brand, own]) => [
    `\n## ${oneLine(brand)}\n`,
    ...own.slice(0, perBrand).map(({ title, url }) => `- [${label(title || url)}](${url})`),
    ...(own.length > perBrand ? [`- and ${own.length - perBrand} more`] : []),
  ]);
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Brackets in a title would end the link. */
const label = (title: string): string => oneLine(title).replace(/[[\]]/g, '\\$&');
