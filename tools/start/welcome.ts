import { manualUrl } from './programs.ts';
import type { Settings } from './settings.ts';

/** The invented brand of the sample site. */
const BRAND = 'Quillmere';

/** One that its manual answers. */
const QUESTION = 'How do I reset a Tarn 4 to factory settings?';

/** What a person can do now: the addresses, and two commands to begin with. */
export function welcome(settings: Settings, seconds: number): string {
  const page = `http://${reachable(settings.host)}:${settings.port}`;
  const site = manualUrl(settings);
  return `
Slipstream is ready after ${seconds.toFixed(1)} s.

  Page               ${page}/
  API reference      ${page}/docs
  Sample site        ${site}
  Data               ${settings.dataDir}

Read the sample site:

  ${curl(`${page}/v1/scrapes`, { url: site, brand: BRAND, mode: 'site' })}

Then ask:

  ${curl(`${page}/v1/queries`, { question: QUESTION, brand: BRAND })}

Ctrl-C stops everything in order; a second one at once.
`;
}

/** An address that a listener on all addresses can be reached at. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** A line for any shell: an apostrophe inside single quotes is `'\''`. */
function curl(url: string, body: object): string {
  const json = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return `curl -s ${url} -H 'content-type: application/json' -d '${json}'`;
}
