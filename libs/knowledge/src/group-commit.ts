export interface GroupCommit<Item, Result> {
  /** Resolves when the commit that holds the item is done. */
  write(item: Item): Promise<Result>;
}

export interface GroupCommitOptions<Item, Result> {
  /** Results in the order of the items. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Two items of one key never share a commit: the later one waits for the next. */
  readonly keyOf: (item: Item) => string;
  readonly maxItems: number;
  /** Waited for after a commit and before the next, so that more comes together. Default: nothing. */
  readonly rest?: () => Promise<unknown>;
}

interface Waiting<Item, Result> extends PromiseWithResolvers<Result> {
  readonly item: Item;
}

/**
 * Many small writes as few big commits: while one commit is under way, what arrives is collected
 * for the next. A lone write is committed at once. If a commit fails, its writes fail.
 */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> {
  const { commit, keyOf, maxItems, rest } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = false;

  const takeGroup = (): Waiting<Item, Result>[] => {
    const keys = new Set<string>();
    const group: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    for (const one of waiting) {
      const key = keyOf(one.item);
      const fits = group.length < maxItems && !keys.has(key);
      keys.add(key);
      (fits ? group : rest).push(one);
    }
    waiting = rest;
    return group;
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const results = await commit(group.map(({ item }) => item));
        for (const [index, one] of group.entries()) one.resolve(results[index] as Result);
      } catch (error) {
        for (const one of group) one.reject(error);
      }
      await rest?.();
    }
    running = false;
  };

  return {
    write(item) {
      const one = { item, ...Promise.withResolvers<Result>() };
      waiting.push(one);
      // `run` hands every error to the writes that it concerns, so it never rejects itself.
      if (!running) void run();
      return one.promise;
    },
  };
}
