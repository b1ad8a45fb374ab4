import { type Category, priorities } from '@slipstream/contracts';
import { type Bus, consumerName, taskStream } from '@slipstream/jetstream';
import { changeControls } from '@slipstream/worker';

/** Until somebody resumes it. */
const FAR = new Date('2100-01-01T00:00:00Z');

/**
 * Hands out no more tasks of a category: the server stops its consumers, and the pools stop asking
 * (which also holds when a consumer is provisioned anew). What is in hand goes on.
 */
export async function pauseQueue(bus: Bus, category: Category): Promise<void> {
  await changeControls(bus, category, (now) => ({ ...now, paused: true }));
  await eachConsumer((name) => bus.manager.consumers.pause(taskStream(category), name, FAR));
}

/** The consumers first: pools begin with new pulls, so none has to wait for an old one to end. */
export async function resumeQueue(bus: Bus, category: Category): Promise<void> {
  await eachConsumer((name) => bus.manager.consumers.resume(taskStream(category), name));
  await changeControls(bus, category, (now) => ({ ...now, paused: false }));
}

const eachConsumer = (call: (name: string) => Promise<unknown>): Promise<unknown> =>
  Promise.all(priorities.map((_priority, index) => call(consumerName(index))));
