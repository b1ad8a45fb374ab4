import type { Idf } from './idf.ts';

/** How much of a question is taken to be about the knowledge if it is about it at all. */
const ABOUT = 0.5;

/** Share of a word in the language at large, whichever it is: one of 25,000. */
const ELSEWHERE = 1 / 25_000;

/** The most that one word says: `sea` in a manual does not make it a manual of the sea. */
const MOST = 2;

/**
 * How much likelier the words of a question are in this knowledge than elsewhere, as a natural
 * logarithm: above 0 the question is about what is documented here, whether or not a passage answers
 * it. It is the log-likelihood ratio by which texts of a subject are chosen (Moore and Lewis, ACL
 * 2010), with all words equally likely elsewhere: a list of the 800 commonest English words with
 * their frequencies told no better.
 */
export function subjectEvidence(question: ReadonlySet<string>, idf: Idf): number {
  let sum = 0;
  for (const term of question) {
    const ratio = 1 - ABOUT + (ABOUT * idf.share(term)) / ELSEWHERE;
    sum += Math.min(MOST, Math.log(ratio));
  }
  return sum;
}
