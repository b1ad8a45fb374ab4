import { expect, test } from 'vitest';
import { terms } from '../terms.ts';
import { detectLanguage, type Language } from './language.ts';

/** A question and a sentence that answers it, in other forms of the same words. */
const pairs: readonly [Language, string, string][] = [
  [
    'en',
    'How do I charge the batteries of the mixer?',
    'The battery of mixers is charging while the lamp is red.',
  ],
  [
    'de',
    'Wie setze ich die Einstellungen des Geräts auf den Werkszustand zurück?',
    'Die Einstellung aller Geräte wird im Werkszustande gespeichert.',
  ],
  [
    'fr',
    'Comment puis-je connecter les câbles aux entrées numériques ?',
    "Le câble connecté à l'entrée numérique est reconnu dans les secondes qui suivent.",
  ],
  [
    'es',
    '¿Cuántas luces rojas tienen los canales?',
    'La luz roja del canal se enciende cuando hay señal.',
  ],
  [
    'it',
    'Quali sono i canali digitali delle uscite?',
    "Il canale digitale dell'uscita è quello che si trova sul retro.",
  ],
  [
    'pt',
    'Quais são os botões dos canais digitais?',
    'O botão do canal digital fica na parte de trás e não está iluminado.',
  ],
  [
    'nl',
    'Hoe worden de apparaten met de knoppen verbonden?',
    'Het apparaat wordt met een knop aan het andere verbonden.',
  ],
];

test.each(pairs)('%s is known by its small words: %s', (language, question, answer) => {
  expect(detectLanguage(question)).toBe(language);
  expect(detectLanguage(answer)).toBe(language);
});

test.each([
  ['en', ['charg', 'batteri', 'mixer']],
  ['de', ['einstellung', 'gerat', 'werkszustand']],
  ['fr', ['connect', 'cabl', 'numeriqu']],
  ['es', ['luz', 'roj', 'canal']],
  ['it', ['canal', 'digital', 'uscit']],
  ['pt', ['bota', 'canal', 'digital']],
  ['nl', ['apparat', 'knop', 'verbond']],
] as const)('in %s question and answer meet in their stems', (language, shared) => {
  const [, question = '', answer = ''] = pairs.find(([one]) => one === language) ?? [];
  const answered = new Set(terms(answer, language));
  expect(terms(question, language).filter((term) => answered.has(term))).toEqual(
    expect.arrayContaining([...shared]),
  );
});

test('without small words, or with as many of two languages, nothing is detected', () => {
  expect(detectLanguage('Tarn 4 firmware reset')).toBeUndefined();
  expect(detectLanguage('')).toBeUndefined();
  expect(detectLanguage('the die')).toBeUndefined();
  expect(detectLanguage('the die', ['de', 'fr'])).toBe('de');
});
