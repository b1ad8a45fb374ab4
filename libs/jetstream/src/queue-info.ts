import { type Category, type Priority, priorities } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { consumerName, taskStream } from './topology.ts';

export interface QueueCounts {
  readonly category: Category;
  readonly priority: Priority;
  /** In the stream, not delivered. */
  readonly waiting: number;
  /** Delivered, not acknowledged: running, or waiting for a delayed retry. */
  readonly inHand: number;
  readonly paused: boolean;
}

/** What waits in a category, one entry per priority, asked from the leaders of its consumers. */
export async function queueCounts(bus: Bus, category: Category): Promise<readonly QueueCounts[]> {
  return Promise.all(
    priorities.map(async (priority, index) => {
      const info = await bus.manager.consumers.info(taskStream(category), consumerName(index));
      return {
        category,
        priority,
        waiting: info.num_pending,
        inHand: info.num_ack_pending,
        paused: info.paused ?? false,
      };
    }),
  );
}
