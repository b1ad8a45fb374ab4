import { anyBrandToken, brandToken, subjects } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { directSince } from './direct-batch.ts';

/** A question as it was asked, for what is learned from many of them. Its answer's text is not in it. */
export interface Asked {
  readonly brand?: string | undefined;
  readonly question: string;
  readonly outcome: 'answered' | 'low-confidence' | 'no-answer';
  readonly confidence: number;
  /** RFC 3339. */
  readonly at: string;
  /** What it was limited to besides the brand, and how many citations were wanted. */
  readonly filters?: { readonly source?: string; readonly urlPrefix?: string } | undefined;
  readonly limit?: number | undefined;
  /** It said only by the conversation before it what it was about. */
  readonly followUp?: boolean;
  /** Addresses of what its answer quotes: by them an erasure finds the questions of no brand. */
  readonly cited?: readonly string[];
  /** The best passages of one that was not answered. */
  readonly passages?: readonly {
    readonly url: string;
    readonly title: string;
    readonly heading?: string;
    readonly score: number;
  }[];
}

const tokenOf = (brand: string | undefined): string =>
  brand === undefined ? anyBrandToken : brandToken(brand);

/** Keeps a question for 30 days, under the token of its brand. */
export async function noteAsked(bus: Bus, asked: Asked): Promise<void> {
  const subject = subjects.asked(tokenOf(asked.brand), asked.outcome);
  await bus.publisher.publish(subject, JSON.stringify(asked));
}

/** The questions of one outcome since a time (ms since 1970), oldest first; without a brand all. */
export async function* askedSince(
  bus: Bus,
  of: { readonly brand?: string | undefined; readonly outcome: Asked['outcome'] },
  since: number,
): AsyncGenerator<Asked> {
  const token = of.brand === undefined ? '*' : brandToken(of.brand);
  const subject = subjects.asked(token, of.outcome);
  for await (const { data } of directSince(bus, 'ASKED', subject, since)) {
    yield JSON.parse(Buffer.from(data).toString()) as Asked;
  }
}
