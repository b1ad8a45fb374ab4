import type { Language } from './languages/language.ts';
import { terms } from './terms.ts';
import type { Unit } from './units.ts';

const ASKED =
  /\b(?:how (?:many|much|long|far|often|high|low|heavy|large|big|small|fast|slow|old|wide|deep|loud|hot|cold|late|soon|close|quick)|when|what (?:level|time|temperature|torque|speed|distance|rate|range|size|width|height|length|weight|voltage|current|power|frequency|percentage|number|age|price|cost|version))\b/i;

const NUMERAL =
  /\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|thousand|half|once|twice)\b/i;

/** Whether the answer is a number or a time. English only. */
export const asksQuantity = (question: string): boolean => ASKED.test(question);

/** Whether a sentence or row names a number that the question did not bring along. */
export function holdsQuantity(
  { kind, text }: Unit,
  question: Iterable<string>,
  language?: Language,
): boolean {
  if (kind === 'code') return false;
  const asked = new Set(question);
  return (
    NUMERAL.test(text) ||
    terms(text, language).some((term) => /^\p{N}/u.test(term) && !asked.has(term))
  );
}
