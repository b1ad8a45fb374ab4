/** The first line of every page that is made from code. */
export const generatedFrom = (sources: readonly string[]): string =>
  `<!-- Made from ${sources.join(', ')} by \`node tools/docs/generate.ts\`. Do not edit. -->`;

/** A table in GitHub's Markdown. Line breaks and bars inside a cell are made harmless. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code, or nothing for an empty text. */
export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

/** Blocks of a page, with an empty line between them and one line break at the end. */
export const page = (...blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

/** `1500` -> `1.5 s`, `200` -> `200 ms`, `300000` -> `5 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  if (ms < 3_600_000) return `${ms / 60_000} min`;
  return ms < 86_400_000 ? `${ms / 3_600_000} h` : `${ms / 86_400_000} days`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
