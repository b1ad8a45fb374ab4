import {
  metrics as api,
  type Counter,
  type Histogram,
  type ObservableGauge,
  type UpDownCounter,
} from '@opentelemetry/api';

interface Entry {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'updown';
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Upper bounds in seconds, from a fast no-op to the default timeout of a task. */
const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Every metric that the system emits. Dashboards, alerts and docs/reference/metrics.md follow it. */
export const catalogue = {
  processDuration: {
    type: 'histogram',
    name: 'messaging.process.duration',
    unit: 's',
    description: 'One run of a handler, by category, kind and outcome',
  },
  waitDuration: {
    type: 'histogram',
    name: 'slip.task.wait.duration',
    unit: 's',
    description: 'From submit to the first start, by category and priority',
  },
  submitted: {
    type: 'counter',
    name: 'slip.task.submitted',
    unit: '{task}',
    description: 'Tasks accepted, by category and kind',
  },
  slotsBusy: {
    type: 'gauge',
    name: 'slip.pool.busy',
    unit: '{slot}',
    description: 'Slots in use, by category',
  },
  redeliveries: {
    type: 'counter',
    name: 'slip.task.redeliveries',
    unit: '{delivery}',
    description: 'Deliveries of a task that had been delivered before, by category',
  },
  reconciled: {
    type: 'counter',
    name: 'slip.task.reconciled',
    unit: '{task}',
    description:
      'Tasks repaired after a crash between two writes, by category and what was missing',
  },
  queueWaiting: {
    type: 'gauge',
    name: 'slip.queue.waiting',
    unit: '{task}',
    description: 'Tasks in the stream that no worker holds, by category and priority',
  },
  queueInHand: {
    type: 'gauge',
    name: 'slip.queue.in_hand',
    unit: '{task}',
    description: 'Tasks delivered and not yet acknowledged, delayed retries included',
  },
  chunksEmbedded: {
    type: 'counter',
    name: 'slip.chunks.embedded',
    unit: '{chunk}',
    description: 'Chunks that got a vector, by embedder',
  },
  answers: {
    type: 'counter',
    name: 'slip.answers',
    unit: '{answer}',
    description: 'Questions answered or refused, by model (or extractive) and outcome',
  },
  answerCache: {
    type: 'counter',
    name: 'slip.answer.cache',
    unit: '{question}',
    description: 'Questions by how the cache matched: exact, near or miss',
  },
  modelTokens: {
    type: 'counter',
    name: 'slip.model.tokens',
    unit: '{token}',
    description: 'Tokens of answer models and embedders, by model and direction',
  },
  breakerOpen: {
    type: 'gauge',
    name: 'slip.breaker.open',
    unit: '1',
    description: '1 while a breaker is open, by dependency and endpoint',
  },
  httpDuration: {
    type: 'histogram',
    name: 'http.server.request.duration',
    unit: 's',
    description: 'One HTTP request, by method, route and status',
  },
  projectionLag: {
    type: 'gauge',
    name: 'slip.projection.lag',
    unit: '{message}',
    description: 'Messages of the log that the projection has not applied yet',
  },
  streamsOpen: {
    type: 'updown',
    name: 'slip.sse.open',
    unit: '{stream}',
    description: 'Open server-sent event streams',
  },
} as const satisfies Record<string, Entry>;

type Catalogue = typeof catalogue;
type Instrument<T extends Entry['type']> = {
  counter: Counter;
  gauge: ObservableGauge;
  histogram: Histogram;
  updown: UpDownCounter;
}[T];

type Instruments = { [K in keyof Catalogue]: Instrument<Catalogue[K]['type']> };

/** The instruments of the catalogue, made when first used: after `start.ts` has set the provider. */
export const metrics: Instruments = new Proxy<Instruments>({} as Instruments, {
  get(made, key: keyof Catalogue) {
    const instruments = made as Record<string, unknown>;
    instruments[key] ??= make(catalogue[key]);
    return instruments[key];
  },
});

function make({ type, name, unit, description }: Entry): unknown {
  const meter = api.getMeter('slipstream');
  if (type === 'counter') return meter.createCounter(name, { unit, description });
  if (type === 'updown') return meter.createUpDownCounter(name, { unit, description });
  if (type === 'gauge') return meter.createObservableGauge(name, { unit, description });
  return meter.createHistogram(name, {
    unit,
    description,
    advice: { explicitBucketBoundaries: seconds },
  });
}
