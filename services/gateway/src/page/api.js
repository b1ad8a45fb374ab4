/** What the API answered instead of what was asked for: an RFC 9457 problem. */
export class Problem extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const away = {
  title: 'The gateway does not answer.',
  detail: 'Is it still running?',
  code: 'unreachable',
};

/** The problem behind any error, for showing. */
export const problemOf = (error) =>
  error instanceof Problem
    ? error.problem
    : { ...away, detail: `${away.detail} (${error.message})` };

export const get = async (path) => (await call(path)).json();

export const post = async (path, body) => (await call(path, asJson(body))).json();

/** Posts, and calls `onEvent(name, data)` for each server-sent event of the answer. */
export async function postForEvents(path, body, onEvent) {
  const response = await call(path, asJson(body, { accept: 'text/event-stream' }));
  let text = '';
  for await (const piece of pieces(response.body.pipeThrough(new TextDecoderStream()))) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) tell(block, onEvent);
  }
}

function tell(block, onEvent) {
  const name = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (name && data) onEvent(name, JSON.parse(data));
}

/** Not every browser can iterate over a stream. */
async function* pieces(stream) {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function call(path, init) {
  const response = await fetch(path, init);
  if (response.ok) return response;
  const isProblem = response.headers.get('content-type')?.includes('problem+json');
  throw new Problem(
    isProblem
      ? await response.json()
      : { title: `Status ${response.status}.`, detail: await response.text() },
  );
}

const asJson = (body, headers = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
