import { createHash } from 'node:crypto';
import type { TaskErrorShape, TaskMessage } from '@slipstream/contracts';
import { errorKey } from './error-key.ts';
import { type LaneState, laneStateOf } from './lanes.ts';
import type { TaskRow } from './task-row.ts';

/** Which fields of a payload are found by their words, by kind. */
export type Searchable = Readonly<Record<string, readonly string[]>>;

/** Entries of `terms`. */
export const tagTerm = (tag: string): string => `t${tag}`;
export const parentTerm = (parentId: string): string => `p${parentId}`;
export const errorTerm = (key: string): string => `e${key}`;

const none: readonly string[] = [];

/** What a task is found by, other than its lane and its words. For most tasks nothing. */
export function termsOf(row: TaskRow): readonly string[] {
  const failed = row.state === 'failed' && row.error !== null;
  if (row.tags === '[]' && row.parentId === null && !failed) return none;
  const terms = row.tags === '[]' ? [] : (JSON.parse(row.tags) as string[]).map(tagTerm);
  if (row.parentId !== null) terms.push(parentTerm(row.parentId));
  if (failed) terms.push(errorTerm(errorKey(JSON.parse(row.error ?? '') as TaskErrorShape)));
  return [...new Set(terms)];
}

/** The words of the payload by which its task is found; empty when its kind declares none. */
export function wordsOf(task: TaskMessage, searchable: Searchable): string {
  const fields = searchable[task.kind];
  if (!fields || typeof task.payload !== 'object' || task.payload === null) return '';
  const payload = task.payload as Readonly<Record<string, unknown>>;
  return fields
    .map((field) => payload[field])
    .filter((value) => typeof value === 'string')
    .map((value) => value.replace(/^https?:\/\//i, ''))
    .join(' ')
    .slice(0, 4_000);
}

/** Words that stand for filters, so that one question to the full text answers words and filters. */
export const stateFacet = (state: LaneState): string =>
  ['succeeded', 'failed', 'cancelled', 'discarded'].includes(state) ? `xqs${state}` : 'xqsopen';
export const kindFacet = (code: number): string => `xqk${code}x`;
export const termFacet = (term: string): string =>
  `xqt${createHash('sha1').update(term).digest('hex').slice(0, 20)}`;

/** What the full text holds of a task: nothing, unless it has words or an error. */
export function documentOf(
  row: TaskRow,
  words: string,
  kindCode: number,
  terms: readonly string[],
): string {
  if (words === '' && row.error === null) return '';
  const error = row.error === null ? undefined : (JSON.parse(row.error) as TaskErrorShape);
  const said = error ? `${error.code} ${error.message.slice(0, 2_000)}` : '';
  const facets = [stateFacet(laneStateOf(row)), kindFacet(kindCode), ...terms.map(termFacet)];
  return `${words} ${said} ${facets.join(' ')}`;
}
