import { type Category, type Tasks, TerminalError, tasks } from '@slipstream/contracts';
import type { Handlers } from '@slipstream/worker';

/** The handlers of a pool of which some matter: a task of any other kind of its category fails. */
export function withRest<C extends Category>(
  category: C,
  some: Partial<Handlers<C, Tasks>>,
): Handlers<C, Tasks> {
  const unexpected = Object.values(tasks)
    .filter((definition) => definition.category === category)
    .map(({ kind }) => [kind, () => refuse(kind)]);
  return { ...Object.fromEntries(unexpected), ...some };
}

const refuse = async (kind: string): Promise<never> => {
  throw new TerminalError(`nobody expects a task of kind ${kind} here`, { code: 'unexpected' });
};
