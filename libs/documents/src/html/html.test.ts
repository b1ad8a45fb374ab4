import { expect, test } from 'vitest';
import { type HtmlSelectors, htmlToDocument } from './html-to-document.ts';
import { selectorMistakes } from './select.ts';

const url = 'https://docs.example.com/guide/pair.html';
const read = (body: string, options = {}) => htmlToDocument(body, url, options);
const markdown = (body: string) => read(`<main>${body}</main>`).markdown;

const page = `<!doctype html><html lang="en-GB"><head><title>Pairing | Example Docs</title>
  <link rel="canonical" href="/guide/pair.html?utm_source=x"><style>p{}</style></head><body>
  <header><a href="/">Home</a> Example Docs</header>
  <nav><ul><li><a href="/guide/pair.html#top">Pair</a><li><a href="../faq/">FAQ</a></ul></nav>
  <div class="cookie-banner"><h2>We use cookies</h2><p>Really.</p><button>OK</button></div>
  <main><article><header><h1>Pairing<a class="headerlink" href="#pairing">¶</a></h1></header>
    <nav class="breadcrumbs">Guide / Pairing</nav>
    <p>Hold <b>POWER</b> for <em>five</em> seconds, then open <a href="/app">the app</a>.</p>
    <aside class="admonition note"><p>Batteries are needed.</p></aside>
    <aside><p>Subscribe now!</p></aside>
    <p hidden>secret</p><div style="display: none">secret</div><button>Copy</button>
    <div role="tabpanel" hidden><p>The other tab.</p></div>
    <section id="pagination"><h2>Pagination</h2><p>Pages of ten.</p></section>
    <script>alert(1)</script><footer><a href="/edit">Edit this page</a></footer>
  </article></main>
  <footer>© Example <a href="mailto:a@b.c">Mail</a><a href="http://[">bad</a></footer></body></html>`;

test('the text of a page stays, its furniture goes', () => {
  expect(read(page).markdown).toBe(
    [
      '# Pairing',
      'Hold **POWER** for five seconds, then open [the app](https://docs.example.com/app).',
      'Batteries are needed.',
      'The other tab.',
      '## Pagination',
      'Pages of ten.',
    ].join('\n\n'),
  );
});

test('a page says its title, language, canonical URL and links', () => {
  expect(read(page)).toMatchObject({
    title: 'Pairing',
    language: 'en-GB',
    canonical: 'https://docs.example.com/guide/pair.html',
    noindex: false,
    links: [
      'https://docs.example.com/',
      'https://docs.example.com/guide/pair.html',
      'https://docs.example.com/faq/',
      'https://docs.example.com/app',
      'https://docs.example.com/edit',
    ],
  });
});

test('links are relative to the base of the page, and nofollow gives none', () => {
  const head = '<head><base href="https://cdn.example.com/v2/">';
  expect(read(`${head}</head><a href="a.html">a</a>`).links).toEqual([
    'https://cdn.example.com/v2/a.html',
  ]);
  const robots = read(
    `${head}<meta name="ROBOTS" content="NoIndex, nofollow"></head><a href="/a">a</a>`,
  );
  expect(robots).toMatchObject({ noindex: true, links: [] });
});

test('the title comes from h1, else a heading that the title tag names, else the title tag', () => {
  const title = '<title>What is ownership? - The Book</title>';
  expect(read(`${title}<main><h2>What Is Ownership?</h2><p>A set of rules.</p></main>`).title).toBe(
    'What Is Ownership?',
  );
  expect(read(`${title}<main><h2>Rules</h2></main>`).title).toBe('What is ownership? - The Book');
  const og = '<meta property="og:site_name" content="The Book">';
  expect(read(`${og}${title}<main><p>x</p></main>`).title).toBe('What is ownership?');
  expect(read('<p>x</p>').title).toBe('pair.html');
});

test('selectors decide where the text is, and what is none; what fits nothing is passed over', () => {
  const html =
    '<p>Outside of it.</p><div class="sidebar"><p>Inside.</p><p class="ad">Buy!</p></div>';
  const chosen = (selectors: HtmlSelectors) => read(html, { selectors }).markdown;
  expect(chosen({ main: '.sidebar', remove: ['.ad', '.none'] })).toBe('Inside.');
  expect(chosen({ main: '.y' })).toBe(read(html).markdown);
  expect(chosen({ remove: ['.sidebar'] })).toBe('Outside of it.');
});

test('a selector that is none is named, with its field', () => {
  expect(() => read('<p>x</p>', { selectors: { main: 'p:not(' } })).toThrow(/'p:not\(' is no CSS/);
  expect(
    selectorMistakes({ main: 'main > p', remove: ['.a', 'b[', '<i>x</i>', ':shiny'] }),
  ).toEqual(
    ['/remove/1', '/remove/2', '/remove/3'].map((path) => ({
      path,
      message: expect.stringContaining('is no CSS selector'),
    })),
  );
});

test('links that the page asks not to follow are told apart', () => {
  const links =
    '<a href="/a">a</a><a rel="noopener nofollow" href="/b">b</a><a rel="nofollow" href="/a">a</a>';
  const at = (path: string) => `https://docs.example.com${path}`;
  expect(read(links)).toMatchObject({ links: [at('/a')], nofollow: [at('/b')] });
  const none = `<meta name="robots" content="nofollow">${links}`;
  expect(read(none)).toMatchObject({ links: [], nofollow: [at('/a'), at('/b')] });
});

test('an empty main is passed over for the block with the words', () => {
  const text = '<p>'.concat('Words of the page. '.repeat(20), '</p>');
  const links = Array.from(
    { length: 30 },
    (_, n) => `<li><a href="/${n}">Chapter number ${n}</a>`,
  ).join('');
  const html = `<main></main><div><div><ul>${links}</ul></div><div><div>${text}</div></div></div>`;
  const document = read(html);
  expect(document.markdown).toBe('Words of the page. '.repeat(20).trim());
  expect(document.links).toHaveLength(30);
});

test('spans of a table are expanded, headers joined, and pipes kept in their cells', () => {
  expect(
    markdown(`<table><caption>Sizes</caption>
      <thead><tr><th rowspan=2>Model</th><th colspan=2>Size</th></tr><tr><th>W</th><th>H</th></tr></thead>
      <tr><td rowspan=2>A|B</td><td>1</td><td>2<br>cm</td></tr><tr><td colspan=2><ul><li>x<li>y</ul></td></tr>
      <tr><td colspan=3>All</td></tr></table>`),
  ).toBe(
    [
      'Sizes\n',
      '| Model | Size W | Size H |',
      '| --- | --- | --- |',
      '| A\\|B | 1 | 2 cm |',
      '| A\\|B | x; y | x; y |',
      '| All |  |  |',
    ].join('\n'),
  );
});

test('a table without headers has an empty header row; one that places things is no table', () => {
  expect(markdown('<table><tr><th>Weight<td>2 kg<tr><th>Height<td>3 cm</table>')).toBe(
    '|  |  |\n| --- | --- |\n| Weight | 2 kg |\n| Height | 3 cm |',
  );
  expect(markdown('<table><tr><td><h2>Left</h2><p>a</p></td><td>b</td></tr></table>')).toBe(
    '## Left\n\na\n\nb',
  );
});

test('code keeps its lines, its language and its back ticks', () => {
  const highlighted = `<div class="highlight-python notranslate"><pre><span class="linenos">1</span><b>def</b> f():\n    return "\`\`\`"\n</pre></div>`;
  expect(markdown(highlighted)).toBe('````python\ndef f():\n    return "```"\n````');
  expect(markdown('<pre><code class="language-js">a&lt;b<br>c\u00A0d</code></pre>')).toBe(
    '```js\na<b\nc d\n```',
  );
  expect(markdown('<p>Set <code>max_payload</code> or <code>a`b</code>.</p>')).toBe(
    'Set `max_payload` or `` a`b ``.',
  );
});

test('lists nest and hold code; definitions keep term and text together', () => {
  expect(markdown('<ol start=3><li>One<ul><li>a</ul><li><p>Two</p><pre>x\n\ny</pre></ol>')).toBe(
    '3. One\n   - a\n4. Two\n\n   ```\n   x\n\n   y\n   ```',
  );
  expect(
    markdown(
      '<dl><dt>LED</dt><dd>A light.</dd><div><dt>Reset</dt><dd><p>a</p><p>b</p></dd></div></dl>',
    ),
  ).toBe('**LED**\n: A light.\n\n**Reset**\n\na\n\nb');
});

test('end tags that may be left out are not needed', () => {
  expect(
    markdown('<ul><li><p>a<li><p>b</ul><table><tr><th>A<th>B<tr><td><p>1<td><p>2</table><p>c<p>d'),
  ).toBe('- a\n- b\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\nc\n\nd');
  expect(read('<title>Name</title><h2>Part</h2><p>Text.</p>')).toMatchObject({
    title: 'Name',
    markdown: '## Part\n\nText.',
  });
});

test('text that looks like markup is not read as markup', () => {
  expect(markdown('<p># 1 in sales</p><p>snake_case *star* C:\\_x</p>')).toBe(
    '\\# 1 in sales\n\nsnake_case *star* C:\\\\_x',
  );
});

test('images leave their description, data images no address', () => {
  expect(
    markdown(
      '<p><img src="a b.png" alt="The LED"> <img src="data:x" alt="Key"> <img src="c.png"></p>',
    ),
  ).toBe('![The LED](https://docs.example.com/guide/a%20b.png) Key');
});

test('hostile pages end in time', { timeout: 60_000 }, () => {
  // Of this thread: others on the machine do not count.
  const before = process.threadCpuUsage();
  expect(read(`${'<div>'.repeat(100_000)}deep`).markdown).toBe('deep');
  read(
    '<table><tr>'.concat(
      `<td rowspan=60000 colspan=1000>${'x'.repeat(5_000)}`.repeat(50),
      '<tr>'.repeat(2_000),
    ),
  );
  read(`<svg>${'<a>'.repeat(100_000)}`);
  read('<a>'.repeat(100_000).concat('</a>'.repeat(100_000)));
  read('<p>'.repeat(100_000).concat('</p>'.repeat(100_000)));
  read('<i hidden></i>'.repeat(50_000));
  read('<ul><li>'.repeat(5_000).concat('x'.repeat(100_000)));
  expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(10_000);
});
