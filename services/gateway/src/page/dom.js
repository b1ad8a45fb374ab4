/** An element of this page by its id. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element. Properties are set as they are; children that are text stay text, whatever is in
 * them.
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** A link, when the address is one that a browser should open; otherwise its text alone. */
export function linkTo(url, text) {
  const target = URL.parse(url);
  const opens = target?.protocol === 'http:' || target?.protocol === 'https:';
  if (!opens || target.hostname.endsWith('.invalid')) return element('span', {}, text);
  return element('a', { href: target.href, target: '_blank', rel: 'noreferrer' }, text);
}

/** A problem in words, with what somebody who helps will ask for. */
export function problemBox({ title, detail, code, traceId }) {
  const hint = [code, traceId && `trace ${traceId}`].filter(Boolean).join(', ');
  return element(
    'div',
    { className: 'problem', role: 'alert' },
    element('strong', {}, title),
    ` ${detail} `,
    element('small', {}, hint),
  );
}
