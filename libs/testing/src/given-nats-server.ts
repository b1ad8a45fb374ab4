import type { NatsServer, NatsServerOptions } from './nats-server.ts';

/**
 * A nats-server that somebody else runs, in a container for instance: it has an address and nothing
 * more. Throws for a suite that wants it started, stopped or configured in its own way.
 */
export function givenNatsServer(url: string, options: NatsServerOptions): NatsServer {
  const refuse = (wish: string): never => {
    throw new Error(
      `${url} was given to this suite, which wants ${wish}: run it without a given one`,
    );
  };
  const [wish] = Object.keys(options);
  if (wish !== undefined) refuse(`its own ${wish}`);
  return {
    url,
    get monitorUrl() {
      return refuse('its monitor');
    },
    get pid() {
      return refuse('its process');
    },
    kill: async () => refuse('to kill it'),
    restart: async () => refuse('to restart it'),
    freeze: () => refuse('to freeze it'),
    thaw: () => refuse('to thaw it'),
    [Symbol.asyncDispose]: async () => {},
  };
}
