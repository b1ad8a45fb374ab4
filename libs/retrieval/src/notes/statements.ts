import { plainText } from '../plain-text.ts';
import { terms } from '../terms.ts';
import { unitsOf } from '../units.ts';
import type { NotedDocument } from './notes.ts';

/** A sentence that can stand alone. */
export interface Statement {
  readonly text: string;
  readonly page: number | undefined;
  /** Place in the document, from 0. */
  readonly place: number;
  readonly terms: ReadonlySet<string>;
  /** 0 to 1.2: how well it reads without its neighbours. */
  readonly quality: number;
  /** First of its section. */
  readonly first: boolean;
}

/** The text under one heading. */
export interface Section {
  readonly heading: string;
  /** 0: what stands before the first heading. */
  readonly level: number;
  readonly page: number | undefined;
  readonly statements: Statement[];
}

const HEADING = /^ {0,3}(#{1,6})\s+(\S.*?)(?:\s+#+)?\s*$/;
const FENCE = /^\s*(?:```|~~~)/;
const MAX_CHARS = 320;
const MIN_TERMS = 3;
const MAX_WORDS = 45;

/** Legal lines and addresses: they are in every document and say nothing about it. */
const BOILERPLATE =
  /©|\bcopyright\b|all rights reserved|\btrademarks?\b|\bISBN\b|table of contents|no part of this (?:document|publication|manual)|permission is granted|\bredistribut|\b(?:general public|documentation) licen[cs]e|merchantability|be interpreted as described in RFC/i;
/** What begins like this points to a sentence before it. */
const DANGLING =
  /^(?:it|its|this|these|those|that|they|their|he|she|however|but|and|or|also|then|therefore|thus|so|instead|otherwise|likewise|for example|in addition|in this case|as a result|if not|such|both|here|there)\b/i;
/** Says what the document is. */
const ABOUT =
  /^(?:this|the) (?:manual|document|guide|handbook|chapter|specification|paper|report|book|page|reference)\b/i;
/** Signs of code and of lists of parameters. */
const CODE = /[_<>{}=\\|]|\(\)|\b\w+:/g;
const POINTER = /\b(?:see|refer to)\b[^.]{0,40}\b(?:page|section|chapter|figure|table|appendix)\b/i;

/** The sections of a document in reading order, each with the sentences that can stand alone. */
export function sectionsOf({ title, pages }: NotedDocument): Section[] {
  const sections: Section[] = [];
  const said = new Set<string>();
  let place = 0;
  let open = openSection(title, 0, pages[0]?.number);

  function openSection(heading: string, level: number, page: number | undefined): Section {
    const section = { heading, level, page, statements: [] };
    sections.push(section);
    return section;
  }

  function read(markdown: string, page: number | undefined): void {
    for (const unit of unitsOf(markdown)) {
      if (unit.kind !== 'sentence') continue;
      const text = plainText([{ ...unit, marker: '' }]);
      const quality = qualityOf(text, unit.marker !== '');
      if (quality === 0) continue;
      const found = new Set(terms(text));
      // Warnings and notices are printed again in each chapter.
      const key = [...found].join(' ');
      if (found.size < MIN_TERMS || said.has(key)) continue;
      said.add(key);
      const first = open.statements.length === 0;
      open.statements.push({ text, page, place: place++, terms: found, quality, first });
    }
  }

  for (const { number, markdown } of pages) {
    let lines: string[] = [];
    let fenced = false;
    for (const line of markdown.split('\n')) {
      if (FENCE.test(line)) fenced = !fenced;
      const [, marks, name] = (!fenced && HEADING.exec(line)) || [];
      if (marks === undefined || name === undefined) lines.push(line);
      else {
        read(lines.join('\n'), number);
        lines = [];
        open = openSection(plainText(unitsOf(name)).trim() || name, marks.length, number);
      }
    }
    read(lines.join('\n'), number);
  }
  return sections;
}

/** 0 for what is no statement: fragments, questions, legal lines, rows of numbers. */
function qualityOf(text: string, item: boolean): number {
  const words = text.split(/\s+/).length;
  if (text.length > MAX_CHARS || words > MAX_WORDS || words < (item ? 4 : 6)) return 0;
  if (words < 9 && /\b(?:edition|version|revision|release)\b[^a-z]*\d/i.test(text)) return 0;
  if (!/^["'“‘(]?[\p{Lu}\p{N}]/u.test(text) || BOILERPLATE.test(text)) return 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < text.replace(/\s/g, '').length * 0.6) return 0;
  const ended = /[.!。！]["'”’)\]]*$/u.test(text);
  if (!ended && (!item || /[:;,?]$/.test(text))) return 0;
  const about = ABOUT.test(text);
  const alone = DANGLING.test(text) && !about ? 0.5 : 1;
  const code = 1 / (1 + (text.match(CODE)?.length ?? 0) / 4);
  const pointer = POINTER.test(text) ? 0.6 : 1;
  return alone * pointer * code * (ended ? 1 : 0.8) * (about ? 1.2 : 1);
}
