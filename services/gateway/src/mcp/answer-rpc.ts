import { ProblemError } from '@slipstream/contracts';
import { RpcError, type RpcMessage, revisionFor, rpcCodes, type ToolResult } from './protocol.ts';
import { type ToolApi, tools, toolView } from './tools.ts';

const instructions =
  'Answers from indexed product documentation. Name the brand where you know it: answers are better then.';

/** The result of a request. @throws RpcError for what is not known or does not fit */
export async function answerRpc(
  { method, params = {} }: RpcMessage,
  api: ToolApi,
): Promise<object> {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: revisionFor(params['protocolVersion']),
        capabilities: { tools: {} },
        serverInfo: { name: 'slipstream', title: 'Slipstream', version: '0.1.0' },
        instructions,
      };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: tools.map(toolView) };
    case 'tools/call':
      return callTool(params['name'], params['arguments'] ?? {}, api);
    default:
      throw new RpcError(rpcCodes.methodNotFound, `there is no method '${method}'`);
  }
}

/** What goes wrong in a tool is said to the model, which may do something about it. */
async function callTool(name: unknown, args: unknown, api: ToolApi): Promise<ToolResult> {
  const tool = tools.find((one) => one.name === name);
  if (!tool) {
    const known = tools.map((one) => one.name).join(', ');
    throw new RpcError(rpcCodes.invalidParams, `there is no tool '${name}', only ${known}`);
  }
  try {
    return await tool.call(args, api);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { content: [{ type: 'text', text: `${error.code}: ${error.message}` }], isError: true };
  }
}
