import { type BreakerRegistry, breakers } from '@slipstream/resilience';
import OpenAI from 'openai';

/**
 * Where an OpenAI-compatible server is: OpenAI itself, Ollama, vLLM, TEI, llama.cpp, LM Studio, a
 * gateway.
 */
export interface EndpointSettings {
  /** With its version: `https://api.openai.com/v1`, `http://localhost:11434/v1`. */
  readonly baseUrl?: string | undefined;
  /** Local servers take any, or none. */
  readonly apiKey?: string | undefined;
  readonly model?: string | undefined;
  /**
   * Longest wait for a response, or for the next piece of a stream, in ms. Default: that of
   * `policies.model`.
   */
  readonly timeoutMs?: number | undefined;
  /** How long its breaker stays open, in ms. Default: that of `policies.model`. */
  readonly openMs?: number | undefined;
  /** Breakers, and with them the retry limits. Default: those of the process. */
  readonly breakers?: BreakerRegistry | undefined;
}

/**
 * The client, the model and the breaker of one path under the base URL. Throws a TypeError when a
 * setting is missing. Embeddings and answers of one server have a breaker each: a chat model that
 * does not load stops no indexing.
 */
export function openEndpoint(settings: EndpointSettings, path: string) {
  const baseURL = required(settings, 'baseUrl');
  const { origin, pathname } = new URL(baseURL);
  const endpoint = `${origin}${pathname.replace(/\/+$/, '')}${path}`;
  const client = new OpenAI({
    baseURL,
    apiKey: settings.apiKey || 'none',
    // Not from the environment: what is configured is what is sent.
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
  });
  const registry = settings.breakers ?? breakers;
  const breaker = registry.breakerFor(
    'model',
    endpoint,
    settings.openMs === undefined ? {} : { openMs: settings.openMs },
  );
  return {
    client,
    endpoint,
    model: required(settings, 'model'),
    breaker,
    /** To be called when no more requests follow. */
    release: () => registry.release(breaker),
  };
}

/** The value of a setting that this provider cannot do without. */
export function required<Settings, Name extends keyof Settings & string>(
  settings: Settings,
  name: Name,
): NonNullable<Settings[Name]> {
  const value = settings[name];
  if (value === undefined || value === null || value === '') {
    throw new TypeError(`the provider openai-compatible needs the setting ${name}`);
  }
  return value;
}
