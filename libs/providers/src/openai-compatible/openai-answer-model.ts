import { randomUUID } from 'node:crypto';
import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { streamWithRetry } from '@slipstream/resilience';
import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type {
  AnswerModel,
  AnswerOptions,
  AnswerPart,
  AnswerRequest,
  AnswerUsage,
  WriteRequest,
  Written,
} from '../answer-model.ts';
import { answerPrompt } from './answer-prompt.ts';
import { type EndpointSettings, openEndpoint } from './endpoint.ts';
import { holdRefusal } from './hold-refusal.ts';
import { providerError } from './provider-error.ts';
import { type RewriteRequest, rewritePrompt, rewritten } from './rewrite-prompt.ts';

export interface OpenAiAnswerSettings extends EndpointSettings {
  /** What the name does not say: a revision, a prompt. Part of `id`. Default: none. */
  readonly version?: string | undefined;
  /** Default: the provider's. Some models take no other. */
  readonly temperature?: number | undefined;
  /** Word of the fence around the passages. Default: a random one for each answer. */
  readonly fence?: (() => string) | undefined;
}

/**
 * Answers from any OpenAI-compatible server, by streamed chat completions (the one interface that
 * all of them have). Throws a TypeError when a setting is missing.
 */
export function createOpenAiAnswerModel(settings: OpenAiAnswerSettings): AnswerModel {
  const { client, endpoint, model, breaker } = openEndpoint(settings, '/chat/completions');
  const { fence = randomUUID, temperature, timeoutMs } = settings;

  async function* complete(messages: ChatCompletionMessageParam[], signal: AbortSignal) {
    try {
      const stream = await client.chat.completions.create(
        {
          model,
          messages,
          stream: true,
          stream_options: { include_usage: true },
          ...(temperature !== undefined && { temperature }),
        },
        { signal },
      );
      yield* untilFinished(stream, endpoint);
    } catch (error) {
      throw providerError(error, endpoint);
    }
  }

  const stream = (messages: ChatCompletionMessageParam[], signal: AbortSignal | undefined) =>
    streamWithRetry(
      () => breaker.stream((stop) => complete(messages, stop), { signal, timeoutMs }),
      { limits: breaker.policy.retry, signal },
    );

  async function write(
    { rules, text }: WriteRequest,
    { signal }: AnswerOptions = {},
  ): Promise<Written> {
    const messages: ChatCompletionMessageParam[] = [
      { role: 'system', content: rules },
      { role: 'user', content: text },
    ];
    let counted: AnswerUsage | undefined;
    let written = '';
    const pieces = contents(stream(messages, signal), (chunk) => {
      counted = usageOf(chunk) ?? counted;
    });
    for await (const piece of pieces) written += piece;
    return { text: written, usage: counted ?? estimate(model, messages, written) };
  }

  async function* answer(
    request: AnswerRequest,
    { signal }: AnswerOptions = {},
  ): AsyncGenerator<AnswerPart, void, undefined> {
    const messages = answerPrompt(request, fence());
    let counted: AnswerUsage | undefined;
    const end = { cut: false };
    const pieces = contents(stream(messages, signal), (chunk) => {
      counted = usageOf(chunk) ?? counted;
      end.cut ||= chunk.choices?.[0]?.finish_reason === 'length';
    });
    const text = yield* asTokens(holdRefusal(pieces));
    const usage = counted ?? estimate(model, messages, text);
    yield { type: 'done', text, usage, ...(end.cut && end) };
  }

  async function rewrite(
    request: RewriteRequest,
    { signal }: AnswerOptions = {},
  ): Promise<{ question: string; usage: AnswerUsage }> {
    const messages = rewritePrompt(request);
    let counted: AnswerUsage | undefined;
    let text = '';
    const pieces = contents(stream(messages, signal), (chunk) => {
      counted = usageOf(chunk) ?? counted;
    });
    for await (const piece of pieces) text += piece;
    const usage = counted ?? estimate(model, messages, text);
    return { question: rewritten(text) ?? request.question, usage };
  }

  const id = settings.version === undefined ? model : `${model}@${settings.version}`;
  return { id, answer, rewrite, write };
}

/**
 * Passes the chunks on, and makes sure that the last one came: a cut stream can look like a short
 * one.
 */
async function* untilFinished(stream: AsyncIterable<ChatCompletionChunk>, endpoint: string) {
  let finish: string | undefined;
  for await (const chunk of stream) {
    finish = chunk.choices?.[0]?.finish_reason ?? finish;
    yield chunk;
  }
  if (finish === 'content_filter') {
    throw new TerminalError(`${endpoint} stopped at its content filter`, {
      code: 'provider-refused',
    });
  }
  if (finish === undefined) {
    throw new RetryLaterError(`${endpoint} ended in the middle of the answer`, {
      code: 'provider-unreachable',
    });
  }
}

async function* contents(
  chunks: AsyncIterable<ChatCompletionChunk>,
  onChunk: (chunk: ChatCompletionChunk) => void,
) {
  for await (const chunk of chunks) {
    onChunk(chunk);
    const content = chunk.choices?.[0]?.delta?.content;
    if (content) yield content;
  }
}

async function* asTokens(
  texts: AsyncGenerator<string, string, undefined>,
): AsyncGenerator<AnswerPart, string, undefined> {
  try {
    for (;;) {
      const step = await texts.next();
      if (step.done) return step.value;
      yield { type: 'token', text: step.value };
    }
  } finally {
    await texts.return('');
  }
}

function usageOf({ usage, model }: ChatCompletionChunk): AnswerUsage | undefined {
  if (!usage) return undefined;
  return {
    model,
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    estimated: false,
  };
}

/**
 * Four characters make a token: 1.008 times the o200k count on English documentation, as measured.
 */
function estimate(
  model: string,
  messages: readonly ChatCompletionMessageParam[],
  text: string,
): AnswerUsage {
  const prompt = messages.map(({ content }) => (typeof content === 'string' ? content : ''));
  const tokens = (chars: number) => Math.ceil(chars / 4);
  return {
    model,
    promptTokens: tokens(prompt.join('').length),
    completionTokens: tokens(text.length),
    estimated: true,
  };
}
