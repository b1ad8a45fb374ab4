import type { Msg, MsgHdrs } from '@nats-io/transport-node';

/** One hand-over of a task. It gets exactly one final answer: ack, nak or term. */
export interface Delivery {
  readonly subject: string;
  /** 0 (critical) to 4 (bulk). */
  readonly priority: number;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** Subject that takes the answer. */
  readonly reply: string;
  /** From 1. Counts restart when the broker crashes. */
  readonly count: number;
  /** Sequence in the stream. */
  readonly seq: number;
}

/** Answers to a delivery, as JetStream understands them. */
export const answers = {
  ack: Buffer.from('+ACK'),
  working: Buffer.from('+WPI'),
  nak: (delayMs?: number) =>
    delayMs ? `-NAK {"delay":${Math.round(delayMs * 1_000_000)}}` : '-NAK',
  term: (reason: string) => `+TERM ${reason}`,
} as const;

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<count>.<seq>.<consumer seq>.<time>.<pending>[.<token>]` */
export function readDelivery(message: Msg): { delivery: Delivery; pending: number } {
  const reply = message.reply ?? '';
  const tokens = reply.split('.');
  const first = tokens.length > 9 ? 4 : 2;
  const consumer = tokens[first + 1] ?? '';
  return {
    delivery: {
      subject: message.subject,
      priority: Number(consumer.slice(1)),
      data: message.data,
      headers: message.headers,
      reply,
      count: Number(tokens[first + 2]),
      seq: Number(tokens[first + 3]),
    },
    pending: Number(tokens[first + 6]),
  };
}
