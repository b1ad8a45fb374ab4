import { load } from 'cheerio';
import { descendants, type Element, type Node } from '../html/dom.ts';

/** All elements of an XML file in order. Entities of a DTD are not expanded. */
export function xmlElements(bytes: Uint8Array): Element[] {
  const [root] = load(Buffer.from(bytes).toString('utf8'), { xml: true }).root();
  return root ? [...descendants(root as unknown as Node)] : [];
}

/** The name without its namespace prefix. */
export const localName = ({ name }: Element): string => name.slice(name.indexOf(':') + 1);

/** An attribute, whatever its prefix. */
export function attributeOf({ attribs }: Element, name: string): string | undefined {
  const found = Object.keys(attribs).find((key) => key.slice(key.indexOf(':') + 1) === name);
  return found === undefined ? undefined : attribs[found];
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
