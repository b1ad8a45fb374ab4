import type { Question } from '@slipstream/manual';

/** One line of a log: what was asked, and which question of the manual it is. */
export interface LoggedQuestion {
  readonly id: string;
  readonly text: string;
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Questions as many people ask them: some often, most seldom (Zipf), and not always in the same
 * words. The other way round, half of the questions about one model are also asked about another
 * one, which is another question.
 */
export function questionLog(
  questions: readonly Question[],
  { length, random }: { readonly length: number; readonly random: () => number },
): LoggedQuestion[] {
  const asked = questions.flatMap(({ id, question }) => {
    const other = otherModel(question);
    const twin = other === undefined ? [] : [{ id: `${id}-other`, text: other }];
    return [{ id, text: question }, ...twin];
  });
  const shuffled = asked
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
  const weights = shuffled.map((_, rank) => 1 / (rank + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Array.from({ length }, () => {
    let left = random() * sum;
    const place = weights.findIndex((weight) => {
      left -= weight;
      return left <= 0;
    });
    const { id, text } = shuffled[Math.max(place, 0)] as LoggedQuestion;
    return { id, text: reworded(text, random) };
  });
}

const MODELS = ['Tarn 2', 'Tarn 4', 'Tarn 8', 'Fell 12', 'Scree 16'];

function otherModel(question: string): string | undefined {
  const model = MODELS.find((name) => question.includes(name));
  const other = MODELS[(MODELS.indexOf(model ?? '') + 1) % MODELS.length];
  return model && other && question.replaceAll(model, other);
}

const REWORDINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.replace(/\?$/, ''),
  (text) => `Please tell me: ${text}`,
  (text) => `Hello, ${text.charAt(0).toLowerCase()}${text.slice(1)} Thanks`,
  (text) => text.replace(/^How do I/, 'How can I').replace(/^What is/, 'Can you tell me what is'),
  (text) => text.replace(/\bthe\b/g, 'my'),
  (text) => text.replace(/^(\w+) (.*) (\S+ \S+)\?$/, '$1 $2, on $3?'),
  (text) => text.replace(/s\b/, '').replace(/\?$/, ' please?'),
];

const reworded = (text: string, random: () => number): string =>
  (REWORDINGS[Math.floor(random() * REWORDINGS.length)] ?? String)(text);
