/** Texts as they were split when the model was trained: entries of a vocabulary, with the log of how likely each is. */
export type Vocabulary = readonly (readonly [token: string, score: number])[];

/** Entries that stand for something else than text. */
const RESERVED = 6;
const UNKNOWN = 0;
/** Marks the beginning of a word. */
const SEPARATOR = '\u2581';

interface Node {
  readonly next: Map<string, Node>;
  /** Entry of the vocabulary that ends here; 0: none. */
  token: number;
}

/**
 * Splits a text into the most likely entries of the vocabulary (SentencePiece, unigram), in a time
 * that grows with its length. What no entry fits is one unknown token.
 */
export function createTokenizer(vocabulary: Vocabulary): (text: string) => number[] {
  const root = trieOf(vocabulary);

  return (text) => {
    const symbols = symbolsOf(text);
    const best = new Float64Array(symbols.length + 1);
    const tokens = new Uint32Array(symbols.length + 1);
    const reach = (end: number, score: number, token: number): void => {
      // 0: nothing has ended here yet, for logs of likelihoods are below it.
      if (best[end] !== 0 && score < (best[end] ?? 0)) return;
      best[end] = score;
      tokens[end] = token;
    };
    for (let start = 0; start < symbols.length; start++) {
      const before = best[start] ?? 0;
      let found = false;
      let node = root.next.get(symbols[start] ?? '');
      for (let end = start + 1; node; end++) {
        if (node.token !== UNKNOWN) {
          reach(end, before + (vocabulary[node.token]?.[1] ?? 0), node.token);
          found = true;
        }
        node = node.next.get(symbols[end] ?? '');
      }
      if (!found) reach(start + 1, before, UNKNOWN);
    }
    return backwards(tokens);
  };

  function backwards(tokens: Uint32Array): number[] {
    const split: number[] = [];
    for (let end = tokens.length - 1; end > 0; ) {
      const token = tokens[end] ?? UNKNOWN;
      if (token !== UNKNOWN || split.at(-1) !== UNKNOWN) split.push(token);
      end -= vocabulary[token]?.[0].length ?? 1;
    }
    return split.reverse();
  }
}

function symbolsOf(text: string): string[] {
  const normalized = text.normalize('NFKC');
  return normalized === '' ? [] : [...(SEPARATOR + normalized.replaceAll(' ', SEPARATOR))];
}

function trieOf(vocabulary: Vocabulary): Node {
  const root: Node = { next: new Map(), token: UNKNOWN };
  for (const [token, [word]] of vocabulary.entries()) {
    if (token < RESERVED) continue;
    let node = root;
    for (const symbol of word) {
      const known = node.next.get(symbol);
      const next = known ?? { next: new Map(), token: UNKNOWN };
      if (!known) node.next.set(symbol, next);
      node = next;
    }
    node.token = token;
  }
  return root;
}
