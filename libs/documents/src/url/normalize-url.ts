/**
 * Parameters that say where a visitor came from, and never what is shown: Google, Facebook,
 * Microsoft, Yandex, Mailchimp, HubSpot, Marketo, Instagram, PHP and Java sessions.
 */
const TRACKING =
  /^(?:utm_\w+|[gd]clid|g(?:ad_source|braid)|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|_g[al]|phpsessid|jsessionid)$/i;

/**
 * The one form of a URL by which a page is known: absolute, without fragment, default port and
 * tracking parameters, its query sorted by name (the order of equal names stays), escapes in upper
 * case and only where they are needed. `index.html` is not folded: some servers tell it apart.
 *
 * @param base what a relative URL is relative to
 * @returns undefined for what is no http or https URL
 */
export function normalizeUrl(url: string, base?: string): string | undefined {
  const parsed = URL.parse(url.trim(), base);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '') return;
  parsed.hash = '';
  parsed.pathname = tidyEscapes(parsed.pathname.replace(/;jsessionid=[^/;]*/i, ''));
  parsed.search = tidyEscapes(sortQuery(parsed.search));
  return parsed.href;
}

function sortQuery(search: string): string {
  if (search === '') return '';
  return search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !TRACKING.test(nameOf(pair)))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0))
    .join('&');
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0] ?? '';
}

/** RFC 3986, 6.2.2: `%7e` and `~` are the same, `%2f` and `/` are not. */
export function tidyEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (sequence) => {
    const char = String.fromCharCode(Number.parseInt(sequence.slice(1), 16));
    return /[\w.~-]/.test(char) ? char : sequence.toUpperCase();
  });
}
