export { findNatsServer } from './find-nats-server.ts';
export { freePorts } from './free-ports.ts';
export { type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';
export {
  completion,
  cut,
  failure,
  type OpenAiServer,
  type Reply,
  type StreamShape,
  startOpenAiServer,
  vectors,
} from './openai-server.ts';
export { type OtlpSink, type SunkSpan, startOtlpSink, treeOf } from './otlp-sink.ts';
