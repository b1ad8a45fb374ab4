import { type Static, Type } from 'typebox';

/**
 * Revisions of the Model Context Protocol that this endpoint speaks, newest first. It keeps no
 * sessions and sends nothing on its own, so the revisions are the same here.
 */
const revisions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

/** The revision asked for, or the newest that we know. */
export const revisionFor = (asked: unknown): string =>
  revisions.find((revision) => revision === asked) ?? revisions[0];

/** A JSON-RPC 2.0 message from a client: a request, or without `id` a notification. */
export const RpcMessage = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  id: Type.Optional(Type.Union([Type.String(), Type.Number()])),
  method: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export type RpcMessage = Static<typeof RpcMessage>;

/** JSON-RPC's own codes. */
export const rpcCodes = { methodNotFound: -32_601, invalidParams: -32_602 } as const;

export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a tool gives back: text for the model, and the same as data. */
export interface ToolResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent?: object;
  readonly isError?: true;
}
