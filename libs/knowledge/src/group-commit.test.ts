import { expect, test } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

/** A group commit whose commits end when the test says so. */
function controlled(maxItems = 10, rest?: () => Promise<void>) {
  const commits: { items: readonly string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const group = createGroupCommit<string, string>({
    commit: (items) =>
      new Promise((resolve, reject) => {
        const end = () => resolve(items.map((item) => `${item} done`));
        commits.push({ items, end, fail: reject });
      }),
    keyOf: (item) => item.slice(0, 1),
    maxItems,
    ...(rest && { rest }),
  });
  return { group, commits };
}

test('a lone write is committed at once, what comes meanwhile goes together', async () => {
  const { group, commits } = controlled();
  const first = group.write('a');
  const others = ['b', 'c', 'd'].map((item) => group.write(item));
  expect(commits.map(({ items }) => items)).toEqual([['a']]);
  commits[0]?.end();
  expect(await first).toBe('a done');
  await expect.poll(() => commits[1]?.items).toEqual(['b', 'c', 'd']);
  commits[1]?.end();
  expect(await Promise.all(others)).toEqual(['b done', 'c done', 'd done']);
});

test('what comes while it rests after a commit goes together', async () => {
  const rested = Promise.withResolvers<void>();
  const { group, commits } = controlled(10, () => rested.promise);
  const first = group.write('a');
  commits[0]?.end();
  await first;
  const others = ['b', 'c'].map((item) => group.write(item));
  expect(commits).toHaveLength(1);
  rested.resolve();
  await expect.poll(() => commits[1]?.items).toEqual(['b', 'c']);
  commits[1]?.end();
  await Promise.all(others);
});

test('writes of one key keep their order in different commits', async () => {
  const { group, commits } = controlled();
  const writes = ['x', 'a1', 'b1', 'a2', 'a3'].map((item) => group.write(item));
  for (const [nth, items] of [['x'], ['a1', 'b1'], ['a2'], ['a3']].entries()) {
    await expect.poll(() => commits[nth]?.items).toEqual(items);
    commits[nth]?.end();
  }
  await Promise.all(writes);
  expect(commits).toHaveLength(4);
});

test('a commit has at most as many items as allowed', async () => {
  const { group, commits } = controlled(2);
  const writes = ['a', 'b', 'c', 'd'].map((item) => group.write(item));
  for (const [nth, items] of [['a'], ['b', 'c'], ['d']].entries()) {
    await expect.poll(() => commits[nth]?.items).toEqual(items);
    commits[nth]?.end();
  }
  await Promise.all(writes);
});

test('a commit that fails fails its own writes and no other', async () => {
  const { group, commits } = controlled();
  const first = group.write('a');
  const second = group.write('b');
  commits[0]?.fail(new Error('disk full'));
  await expect(first).rejects.toThrow('disk full');
  await expect.poll(() => commits[1]?.items).toEqual(['b']);
  commits[1]?.end();
  expect(await second).toBe('b done');
});
