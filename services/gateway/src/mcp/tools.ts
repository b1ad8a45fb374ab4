import { Brand, type PayloadOf, type ResultOf, type Tasks, tasks } from '@slipstream/contracts';
import { type Static, type TObject, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { knownDocuments } from '../knowledge/known-documents.ts';
import { RpcError, rpcCodes, type ToolResult } from './protocol.ts';

/** The API on behalf of the client that calls a tool. Rejects with a `ProblemError`. */
export interface ToolApi {
  search(
    payload: PayloadOf<Tasks['search-knowledge']>,
  ): Promise<ResultOf<Tasks['search-knowledge']>>;
  ask(payload: PayloadOf<Tasks['answer-question']>): Promise<ResultOf<Tasks['answer-question']>>;
  documents(question: Parameters<typeof knownDocuments>[1]): ReturnType<typeof knownDocuments>;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: TObject;
  call(args: unknown, api: ToolApi): Promise<ToolResult>;
}

const { q, limit, filters } = tasks['search-knowledge'].payload.properties;

const search = tool({
  name: 'search',
  title: 'Search the documentation',
  description:
    'Finds passages of the indexed product documentation, best first, with their URLs. Use it to read what the documentation says; use ask for a short answer.',
  inputSchema: Type.Object({ query: q, brand: Type.Optional(Brand), filters, limit }),
  async run({ query, ...rest }, api) {
    const { hits } = await api.search({ q: query, ...rest });
    if (hits.length === 0) return text('Nothing was found.', { hits });
    const passages = hits.map(
      (hit, nth) => `[${nth + 1}] ${placeOf(hit)}\n${hit.url}\n\n${hit.text}`,
    );
    return text(passages.join('\n\n---\n\n'), { hits });
  },
});

const ask = tool({
  name: 'ask',
  title: 'Ask the documentation',
  description:
    'Answers a question from the indexed product documentation, with citations, or says that the documentation does not answer it.',
  inputSchema: Type.Object({
    question: tasks['answer-question'].payload.properties.question,
    brand: Type.Optional(Brand),
    filters,
  }),
  async run(payload, api) {
    const { outcome, answer, reason, citations, confidence } = await api.ask(payload);
    const sources = citations.map(
      (citation, nth) => `[${nth + 1}] ${placeOf(citation)}: ${citation.url}`,
    );
    const said = answer ?? `The documentation does not answer this. ${reason ?? ''}`.trim();
    const data = { outcome, answer, citations, confidence, ...(reason && { reason }) };
    return text([said, ...(sources.length > 0 ? ['', ...sources] : [])].join('\n'), data);
  },
});

const MOST_SOURCES = 200;

const sources = tool({
  name: 'sources',
  title: 'List the documentation',
  description: 'Lists the indexed pages and files by brand, with their URLs and titles.',
  inputSchema: Type.Object({
    brand: Type.Optional(Brand),
    query: Type.Optional(
      Type.String({ maxLength: 200, description: 'Words that title or URL must hold' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_SOURCES, default: 50 })),
  }),
  async run({ brand, query, limit = 50 }, api) {
    const question = { ...(brand !== undefined && { brand }), ...(query && { q: query }), limit };
    const { documents, total } = await api.documents(question);
    const lines = documents.map(({ brand: whose, title, url }) => `${whose}: ${title}, ${url}`);
    const head = `${total} documents${total > documents.length ? `, the first ${documents.length}` : ''}`;
    return text([head, ...lines].join('\n'), { documents, total });
  },
});

export const tools: readonly Tool[] = [search, ask, sources];

/** How a model sees a tool. */
export const toolView = ({ name, title, description, inputSchema }: Tool): object => ({
  name,
  title,
  description,
  inputSchema,
  // It reads what is known, and nothing else.
  annotations: { readOnlyHint: true, openWorldHint: false },
});

function tool<S extends TObject>(spec: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: S;
  run(args: Static<S>, api: ToolApi): Promise<ToolResult>;
}): Tool {
  const inputSchema = { ...spec.inputSchema, additionalProperties: false };
  const validator = Compile(inputSchema);
  return {
    ...spec,
    inputSchema,
    async call(args, api) {
      if (!validator.Check(args)) {
        const [mistake] = validator.Errors(args);
        const where = mistake?.instancePath ? ` at ${mistake.instancePath}` : '';
        throw new RpcError(
          rpcCodes.invalidParams,
          `arguments of '${spec.name}' do not fit${where}: ${mistake?.message ?? 'see its inputSchema'}`,
        );
      }
      return spec.run(args as Static<S>, api);
    },
  };
}

const text = (shown: string, structuredContent: object): ToolResult => ({
  content: [{ type: 'text', text: shown }],
  structuredContent,
});

const placeOf = ({ title, heading, page }: { title: string; heading?: string; page?: number }) =>
  [title, heading, page === undefined ? undefined : `page ${page}`].filter(Boolean).join(' > ');
