import type { Page } from './read-content.ts';

/** The topics of the header, in its order. */
export const TOPICS: ReadonlyMap<string, string> = new Map([
  ['getting-started', 'Getting started'],
  ['models', 'Models'],
  ['how-to', 'How to'],
  ['reference', 'Reference'],
  ['troubleshooting', 'Troubleshooting'],
  ['api', 'API'],
]);

const PROMOS: Readonly<Record<string, string>> = {
  'getting-started': 'New here? Our Saturday online class starts at ten. Bring one cable.',
  models: 'Trade in an old box and take a Tarn home for less. Ask your shop.',
  'how-to': 'The Quillmere newsletter: one trick a month, nothing else.',
  reference: 'Hang it on the wall: the signal-flow poster, A2, free with any order.',
  troubleshooting: 'Still stuck? People answer at the Quillmere forum, often within the hour.',
  api: 'Built something with the API? Show it to us and win a stage box.',
};

/** The finished page: the written inside of `<main>` with everything that stands around it. */
export function layoutPage(page: Page, siblings: readonly Page[], starts: readonly Page[]): string {
  const topic = TOPICS.get(page.topic);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} – Quillmere manual</title>
${page.noindex ? '<meta name="robots" content="noindex">\n' : ''}${page.canonical ? `<link rel="canonical" href="${page.path}">\n` : ''}<link rel="stylesheet" href="/style.css">
</head>
<body>
<section class="cookie-banner" aria-label="Cookies">
<p>We use cookies to remember which model you own. May we also count visits?</p>
<button type="button">Accept all</button> <button type="button">Only what is needed</button>
</section>
<header class="site-header">
<a class="brand" href="/index.html">Quillmere</a>
<nav aria-label="Main">
<ul>
${starts.map((start) => `<li>${link(start, TOPICS.get(start.topic))}</li>`).join('\n')}
</ul>
</nav>
<search><input type="search" placeholder="Search the manual" aria-label="Search"></search>
</header>
${topic ? breadcrumb(page, topic) : ''}<div class="columns">
${topic ? sidebar(page, siblings, topic) : ''}<main>
${page.main.trim()}
</main>
<aside class="promo">
<h4>From the workshop</h4>
<p>${PROMOS[page.topic] ?? 'Free shipping on accessories until the end of the month.'}</p>
<a class="button" href="/models/accessories.html">See accessories</a>
</aside>
</div>
${pager(page, siblings)}<footer class="site-footer">
<p>Was this page helpful? <button type="button">Yes</button> <button type="button">No</button></p>
<ul>
<li><a href="/downloads/quillmere-owners-handbook.pdf">Owner's handbook (PDF)</a></li>
<li><a href="/downloads/quillmere-service-data-sheet.pdf">Service data sheet (PDF)</a></li>
<li><a href="/reference/beck-preview.html">Beck preview notes</a></li>
<li><a href="/internal/dealer-desk.html" rel="nofollow">Dealer desk</a></li>
</ul>
<p class="small">Last changed <time datetime="${page.lastmod}">${page.lastmod}</time>. © 2026 Quillmere Instruments. Made to be taken apart.</p>
</footer>
</body>
</html>
`;
}

function breadcrumb(page: Page, topic: string): string {
  return `<nav class="breadcrumb" aria-label="Breadcrumb">
<a href="/index.html">Manual</a> › <span>${topic}</span> › <span aria-current="page">${page.title}</span>
</nav>
`;
}

function sidebar(page: Page, siblings: readonly Page[], topic: string): string {
  const items = siblings.map((other) =>
    other === page ? `<li aria-current="page">${other.title}</li>` : `<li>${link(other)}</li>`,
  );
  return `<aside class="sidebar">
<h4>${topic}</h4>
<ul>
${items.join('\n')}
</ul>
</aside>
`;
}

/** Only what a sidebar lists has a page before and after it. */
function pager(page: Page, siblings: readonly Page[]): string {
  const at = siblings.indexOf(page);
  const before = siblings[at - 1];
  const after = at < 0 ? undefined : siblings[at + 1];
  if (!before && !after) return '';
  return `<nav class="pager" aria-label="More pages">
${before ? `<span>Before: ${link(before)}</span>\n` : ''}${after ? `<span>Next: ${link(after)}</span>\n` : ''}</nav>
`;
}

function link({ path, title }: Page, text: string = title): string {
  return `<a href="${path}">${text}</a>`;
}
