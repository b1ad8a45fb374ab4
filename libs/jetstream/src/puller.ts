import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import { priorities } from '@slipstream/contracts';
import type { Ageing } from './ageing.ts';
import type { Bus } from './connect.ts';
import { answers, type Delivery, readDelivery } from './delivery.ts';
import { consumerName } from './topology.ts';

export interface PullerOptions {
  /** A stream whose consumers are `p0` to `p4`. */
  readonly stream: string;
  /** How many deliveries may be worked on at once; read anew before each pull. */
  readonly slots: () => number;
  /** Lets a bounded share of lower priorities go first that have waited too long. Default: strict order. */
  readonly ageing?: Ageing;
  /** Takes a delivery. Whoever takes it calls `handled()` once, and then `answered()` once. */
  readonly onDelivery: (delivery: Delivery) => void;
}

/** A request for a batch from one priority that has not been answered in full. */
interface Request {
  readonly priority: number;
  readonly number: number;
  readonly since: number;
  left: number;
}

/** How long one armed request waits for a message. It is never cancelled: in a cluster a cancelled one may still be answered. */
const ARMED_MS = 1_000;
/** How long a surplus message that went back may stay invisible to the next request. */
const SURPLUS_MS = 50;
const MAX_SURPLUS = 1_000;
const WATCHDOG_MS = 250;
const STALE_MS = 1_500;

/**
 * Pulls one pool's tasks in strict priority, never more than there are free slots. While there is
 * work it asks the highest non-empty priority for a batch (`no_wait`); each message tells how many
 * are left. Every empty priority above that one has one long poll armed, however few slots are free:
 * what is handed over beyond the free slots goes back at once, and is taken first when one is free.
 */
export class Puller {
  readonly #bus: Bus;
  readonly #options: PullerOptions;
  readonly #batchInbox = createInbox();
  readonly #armedInbox = createInbox();
  readonly #subscriptions: Subscription[];
  readonly #unlisten: () => void;
  readonly #watchdog: NodeJS.Timeout;
  /** A priority may have messages. */
  readonly #known = priorities.map(() => true);
  /** When the armed request of a priority was sent; 0: none is out. */
  readonly #armedAt = priorities.map(() => 0);
  /** When a surplus message of a priority went back. */
  readonly #surplusAt = priorities.map(() => 0);
  /** How often a message went back as surplus, by its sequence: such deliveries do not count. */
  readonly #surplus = new Map<number, number>();
  #request: Request | undefined;
  #counter = 0;
  #inHand = 0;
  #settling = 0;
  #kicking = false;
  #paused = false;
  #stopped = false;
  #lastMessageAt = performance.now();

  constructor(bus: Bus, options: PullerOptions) {
    this.#bus = bus;
    this.#options = options;
    this.#subscriptions = [
      bus.connection.subscribe(`${this.#batchInbox}.*`, {
        callback: (_error, message) => this.#onBatch(message),
      }),
      bus.connection.subscribe(`${this.#armedInbox}.*`, {
        callback: (_error, message) => this.#onArmed(message),
      }),
    ];
    this.#unlisten = bus.onStatus((status) => {
      if (status === 'reconnect') this.#reset();
    });
    this.#watchdog = setInterval(() => this.#watch(), WATCHDOG_MS);
    this.#kick();
  }

  /** Deliveries that are being worked on: each takes a slot. */
  get inHand(): number {
    return this.#inHand;
  }

  /** Deliveries whose work is done and whose answer is to come. */
  get settling(): number {
    return this.#settling;
  }

  /** Milliseconds since the server last answered a request in any way. */
  get silentMs(): number {
    return performance.now() - this.#lastMessageAt;
  }

  /** The work of a taken delivery is done: its slot is free while its outcome is being stored. */
  handled(): void {
    this.#inHand -= 1;
    this.#settling += 1;
    this.#kickSoon();
  }

  /** A taken delivery has got its final answer. */
  answered(): void {
    this.#settling -= 1;
    this.#kickSoon();
  }

  /** While paused nothing new is taken; what is in hand goes on. */
  set paused(paused: boolean) {
    this.#paused = paused;
    if (!paused) this.#reset();
  }

  /** Takes nothing more. What arrives from requests still open goes back at once. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#watchdog);
  }

  /** After `stop`, when the last delivery was released. */
  close(): void {
    this.#unlisten();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** Where outcomes cannot be stored fast enough, no more than one for each slot piles up. */
  get #free(): number {
    const slots = this.#options.slots();
    return slots - Math.max(this.#inHand, this.#inHand + this.#settling - slots);
  }

  #kick(): void {
    if (this.#stopped || this.#paused || this.#request) return;
    const free = this.#free;
    if (free <= 0) return;
    const best = this.#known.indexOf(true);
    // What is empty tells by itself when it no longer is: asking again and again would be late.
    this.#arm(best < 0 ? priorities.length : best);
    if (best < 0) return;
    const aged = this.#aged(best);
    const armed = this.#armedAt.filter((at) => at > 0).length;
    if (aged === undefined) this.#ask(best, Math.max(1, free - armed));
    else this.#ask(aged, 1);
  }

  /** When everything that has arrived together was worked on: one request for all slots costs least. */
  #kickSoon(): void {
    if (this.#kicking) return;
    this.#kicking = true;
    this.#bus.soon(() => {
      this.#kicking = false;
      this.#kick();
    });
  }

  /** A lower priority that has waited past its allowance, and whose turn it is. */
  #aged(best: number): number | undefined {
    const { ageing } = this.#options;
    const name = priorities[best];
    if (!ageing?.active || !name) return undefined;
    const aged = ageing.choose(name);
    return aged && priorities.indexOf(aged);
  }

  #ask(priority: number, batch: number): void {
    const number = ++this.#counter;
    this.#request = { priority, number, left: batch, since: performance.now() };
    this.#pull(priority, `{"batch":${batch},"no_wait":true}`, `${this.#batchInbox}.${number}`);
  }

  /** Arms the priorities above this one. */
  #arm(below: number): void {
    for (let priority = 0; priority < below; priority++) {
      if (this.#armedAt[priority] !== 0) continue;
      this.#armedAt[priority] = performance.now();
      const body = `{"batch":1,"expires":${ARMED_MS * 1_000_000}}`;
      this.#pull(priority, body, `${this.#armedInbox}.${priority}`);
    }
  }

  #pull(priority: number, body: string, reply: string): void {
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${consumerName(priority)}`;
    if (!this.#bus.connection.isClosed()) this.#bus.connection.publish(subject, body, { reply });
  }

  #onBatch(message: Msg): void {
    this.#lastMessageAt = performance.now();
    const request = this.#request;
    if (isStatus(message)) {
      if (request?.number !== lastNumber(message.subject)) return;
      this.#request = undefined;
      if (this.#surplusIsBack(request.priority)) return;
      this.#known[request.priority] = false;
      this.#kick();
      return;
    }
    const { delivery, pending } = readDelivery(message);
    this.#note(delivery.priority, pending);
    if (request?.priority === delivery.priority) {
      request.left -= 1;
      if (request.left === 0 || pending === 0) this.#request = undefined;
    }
    this.#take(delivery);
    if (!this.#request) this.#kickSoon();
  }

  #onArmed(message: Msg): void {
    this.#lastMessageAt = performance.now();
    if (isStatus(message)) {
      this.#armedAt[lastNumber(message.subject)] = 0;
      this.#kick();
      return;
    }
    const { delivery, pending } = readDelivery(message);
    this.#armedAt[delivery.priority] = 0;
    this.#note(delivery.priority, pending);
    this.#take(delivery);
    this.#kickSoon();
  }

  #take(delivery: Delivery): void {
    if (this.#stopped || this.#free <= 0) {
      this.#giveBack(delivery);
      return;
    }
    const surplus = this.#surplus.get(delivery.seq) ?? 0;
    this.#surplus.delete(delivery.seq);
    this.#inHand += 1;
    const { ageing } = this.#options;
    const name = priorities[delivery.priority];
    if (ageing?.active && name) ageing.note(name);
    this.#options.onDelivery(surplus ? { ...delivery, count: delivery.count - surplus } : delivery);
  }

  #giveBack({ reply, priority, seq }: Delivery): void {
    this.#bus.connection.publish(reply, answers.nak());
    this.#surplus.set(seq, (this.#surplus.get(seq) ?? 0) + 1);
    if (this.#surplus.size > MAX_SURPLUS) {
      this.#surplus.delete(this.#surplus.keys().next().value ?? 0);
    }
    this.#known[priority] = true;
    this.#surplusAt[priority] = performance.now();
  }

  /**
   * The server takes a nak a moment after a request that was sent later. Until it is sure that a
   * message which went back is not there, no lower priority is asked.
   */
  #surplusIsBack(priority: number): boolean {
    if (performance.now() - (this.#surplusAt[priority] ?? 0) > SURPLUS_MS) return false;
    setTimeout(() => this.#kick(), 1);
    return true;
  }

  #note(priority: number, pending: number): void {
    this.#known[priority] = pending > 0;
  }

  /** Requests that the server forgot (restart, leader change) are sent again. */
  #watch(): void {
    const now = performance.now();
    if (this.#request && now - this.#request.since > STALE_MS) this.#request = undefined;
    this.#armedAt.forEach((at, priority) => {
      if (at > 0 && now - at > ARMED_MS + 500) this.#armedAt[priority] = 0;
    });
    this.#kick();
  }

  #reset(): void {
    this.#request = undefined;
    this.#armedAt.fill(0);
    this.#known.fill(true);
    this.#kick();
  }
}

/** 404: empty; 408: expired; 409: consumer gone, leader changed, or a limit. A task has a subject to answer to. */
const isStatus = (message: Msg): boolean => !message.reply;

const lastNumber = (subject: string): number => Number(subject.slice(subject.lastIndexOf('.') + 1));
