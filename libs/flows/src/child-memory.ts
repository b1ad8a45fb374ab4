import { type Bus, directBySeq } from '@slipstream/jetstream';
import { type FlowChild, type FlowMessage, parseFlow } from '@slipstream/tasklog';

/** A child by its id and the message in FLOWS that added it. */
export interface ChildRef {
  readonly id: string;
  readonly seq: number;
}

/** Messages whose children are at hand; a message has up to 500. */
const MAX_MESSAGES = 8;

/**
 * The children that messages in FLOWS have added. Those of the last messages are kept, others are
 * read again: a parent may have a hundred thousand that wait for their turn.
 */
export function createChildMemory(bus: Bus) {
  const recent = new Map<number, Promise<ReadonlyMap<string, FlowChild>>>();

  function keep(seq: number, children: Promise<ReadonlyMap<string, FlowChild>>): void {
    recent.set(seq, children);
    if (recent.size > MAX_MESSAGES) recent.delete(recent.keys().next().value ?? 0);
  }

  async function readAgain(seq: number): Promise<ReadonlyMap<string, FlowChild>> {
    const message = await directBySeq(bus, 'FLOWS', seq);
    return message ? byId(parseFlow(message)) : new Map();
  }

  return {
    note(seq: number, message: FlowMessage): void {
      keep(seq, Promise.resolve(byId(message)));
    },

    /** Undefined when the flow was removed meanwhile, for its parent has ended. */
    async childOf({ id, seq }: ChildRef): Promise<FlowChild | undefined> {
      let children = recent.get(seq);
      if (!children) {
        children = readAgain(seq);
        keep(seq, children);
        children.catch(() => recent.delete(seq));
      }
      return (await children).get(id);
    },
  };
}

const byId = ({ children }: FlowMessage): ReadonlyMap<string, FlowChild> =>
  new Map(children.map((child) => [child.id, child]));
