/** What was put in and not yet taken; a reader who falls too far behind gets the end instead. */
export interface Mailbox<T> {
  put(item: T): void;
  /** The next one, when there is one; undefined when it was closed or has overflowed. */
  take(): Promise<T | undefined>;
  close(): void;
}

export function createMailbox<T>(limit: number): Mailbox<T> {
  let items: T[] = [];
  let open = true;
  let wake: (() => void) | undefined;
  return {
    put(item) {
      if (!open) return;
      items.push(item);
      if (items.length > limit) open = false;
      wake?.();
    },
    async take() {
      while (open && items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return open ? items.shift() : undefined;
    },
    close() {
      open = false;
      items = [];
      wake?.();
    },
  };
}
