/** URLs that a page names for one reason; a crawl makes its own choice of those. */
const MOST_EXAMPLES = 3;
/** A longer URL is counted and not named. */
const MOST_CHARS = 300;

/** Why URLs were left, as results name it. */
export interface Left {
  readonly skipped: Record<string, number>;
  readonly examples: Record<string, string[]>;
}

/** Counts what was left by reason, and keeps a few URLs for each. */
export class Reasons implements Left {
  readonly skipped: Record<string, number> = {};
  readonly examples: Record<string, string[]> = {};

  count(reason: string, url?: string, by = 1): void {
    if (by === 0) return;
    this.skipped[reason] = (this.skipped[reason] ?? 0) + by;
    if (url === undefined || url.length > MOST_CHARS) return;
    this.examples[reason] ??= [];
    const known = this.examples[reason];
    if (known.length < MOST_EXAMPLES && !known.includes(url)) known.push(url);
  }

  /** As it goes into a result. */
  get all(): Left {
    return { skipped: this.skipped, examples: this.examples };
  }
}
