import { newId, subjects } from '@slipstream/contracts';
import { answers, connect, taskStream } from '@slipstream/jetstream';
import type { BenchPayload, Queue } from '../queue.ts';

const STREAM = taskStream('batch');
/** The consumer of priority normal. */
const CONSUMER = 'p2';

/**
 * The ceiling: the same stream and consumer, batches pulled as large as there are slots, each
 * message acknowledged. Nothing is recorded, deduplicated, retried, prioritised or kept alive.
 */
export async function openRawJetstream(url: string): Promise<Queue> {
  const { connection, publisher } = await connect({ url, name: 'raw' });
  const publish = async ({ payload }: { payload: BenchPayload }): Promise<void> => {
    await publisher.publish(subjects.task('batch', 'normal', newId()), JSON.stringify(payload));
  };
  return {
    add: publish,
    async addBulk(many) {
      await Promise.all(many.map(publish));
    },
    async work({ slots, handle }) {
      const inbox = '_INBOX_raw.pull';
      let done = 0;
      let left = 0;
      let stopped = false;
      const pull = (): void => {
        if (stopped) return;
        left = slots;
        const body = JSON.stringify({ batch: slots, expires: 1_000_000_000 });
        connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${CONSUMER}`, body, {
          reply: inbox,
        });
      };
      const subscription = connection.subscribe(inbox, {
        callback(_error, message) {
          if ((message.headers?.code ?? 0) >= 400) pull();
          else void run(message.reply ?? '', message.string());
        },
      });
      async function run(reply: string, text: string): Promise<void> {
        await handle(JSON.parse(text) as BenchPayload);
        connection.publish(reply, answers.ack);
        done += 1;
        left -= 1;
        if (left === 0) pull();
      }
      pull();
      return {
        get done() {
          return done;
        },
        async [Symbol.asyncDispose]() {
          stopped = true;
          subscription.unsubscribe();
          await connection.flush();
        },
      };
    },
  };
}
