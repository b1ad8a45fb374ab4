export { findNatsServer } from './find-nats-server.ts';
export { type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';
