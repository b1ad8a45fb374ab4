export interface TaskError {
  /** The task is tried again by itself. */
  readonly retried: boolean;
  readonly cause: string;
  readonly remedy: string;
}

const again = (cause: string, remedy: string): TaskError => ({ retried: true, cause, remedy });
const final = (cause: string, remedy: string): TaskError => ({ retried: false, cause, remedy });

const NONE = 'Nothing: the next attempt is on its way.';

/**
 * What `error.code` of a task can be. The codes are made where the errors are thrown, all over the
 * packages; a test compares this table with them.
 */
export const taskErrors: Readonly<Record<string, TaskError>> = {
  error: again(
    'The handler threw something that says nothing of itself.',
    'Read the message; the log line `task will be retried` has the stack.',
  ),
  'retry-later': again('The handler asked for another attempt.', NONE),
  terminal: final('The handler said that no attempt can succeed.', 'Read the message.'),
  timeout: again(
    'The attempt ran longer than its kind allows.',
    'Give the task a larger `timeoutMs`, or make it smaller.',
  ),
  'queue-timeout': final(
    'Nobody started it within its `queueTimeoutMs`: no worker, a pause, a backlog, or a limit.',
    'See what holds the queue (`GET /v1/queues`), or give the task more time.',
  ),
  cancelled: final(
    'A user cancelled it, or its parent has ended.',
    'Submit it again if it was a mistake.',
  ),
  purged: final(
    'An operator purged the queue in which it waited.',
    'Submit it again if it was a mistake.',
  ),
  erased: final(
    'What it works on was erased after the task was made.',
    'Submit it again as a new task if it is wanted anew: see [Sources and erasure](../guides/sources-and-erasure.md).',
  ),
  'erase-incomplete': again(
    'A new search still found something of what is erased: somebody wrote it meanwhile, or a batch that holds it is not in its queues yet.',
    'Nothing: each attempt erases what is left. The message says where it is.',
  ),
  dropped: final(
    'Its queue was full, and a task of a higher priority came (`overflow: drop-lowest`).',
    'Submit it again later, or raise `maxQueued`: see [Bound a queue](../guides/control-queues.md#bound-a-queue).',
  ),
  stuck: final(
    'It ran for more than twice the time that it may take, and the job `stuck-tasks` cancelled it: its handler does not listen to its signal.',
    'Look at the worker in `GET /v1/workers`, restart it, and retry the task.',
  ),
  poison: final(
    'Five starts of one run ended with the crash of their worker.',
    'Find out what kills the process (memory, a native module), then submit it again.',
  ),
  'children-failed': final(
    'Children of the task did not succeed.',
    'List them: `GET /v1/tasks?parentId=<id>&state=failed`.',
  ),
  'invalid-payload': final(
    'The payload does not fit the kind; it was submitted past the gateway, or by another version.',
    'Compare it with [Kinds of tasks](kinds.md).',
  ),
  gone: final(
    'The site answered 404 or 410. A page that is indexed leaves the index when it does so again.',
    'Correct the URL.',
  ),
  'invalid-selector': final(
    'One of `selectors` is no CSS selector, or has a pseudo-class that is not known.',
    'Correct it: the message names it.',
  ),
  'fetch-failed': again(
    'The site was busy, slow, or answered 5xx, 408, 425 or 429.',
    'Wait. The delay is the one that the site asked for, if it did.',
  ),
  'robots-disallowed': final(
    'robots.txt of the site does not allow the start of the crawl.',
    'Ask the owner of the site.',
  ),
  'robots-unreachable': again(
    'robots.txt could not be read, and until then nothing may be fetched (RFC 9309).',
    'Wait, or look whether the site is up.',
  ),
  'invalid-url': final('The URL, or one that it redirects to, is not a URL.', 'Correct the URL.'),
  'not-http': final(
    'The URL, or one that it redirects to, is not http or https.',
    'Only the web is fetched.',
  ),
  credentials: final('The URL carries a user or a password.', 'Leave them out.'),
  'private-address': final(
    'The host is, or resolves to, an address that is not public.',
    'Name it in SLIPSTREAM_SCRAPE_ALLOW: see [Scrape the intranet](../guides/scrape-intranet.md).',
  ),
  'content-type': final(
    'The answer is neither HTML, Markdown, text nor PDF.',
    'Leave the URL out of the crawl (`exclude`).',
  ),
  'too-large': final(
    'The answer is larger than a page (5 MB) or a document (50 MB) may be.',
    'Upload the file instead (100 MiB).',
  ),
  'too-many-redirects': final('More than five redirects.', 'Give the last URL.'),
  status: final(
    'The site refused (401, 403 and other 4xx).',
    'Slipstream has no log-in; upload the document.',
  ),
  'render-unavailable': final(
    'The page was asked for with `render: always`, and no browser has been added.',
    'Run `npm run add -- chromium` (see [Accelerators](../guides/accelerators.md)), or leave `render` out.',
  ),
  'browser-failed': again(
    'The browser that renders pages does not start. Five times in a row open its breaker.',
    'Read the message; run the browser that it names by hand. See [Accelerators](../guides/accelerators.md).',
  ),
  'redirect-refused': final(
    'The answer, or a script of the page, leads to something that is not fetched.',
    'Read the message; give the last URL.',
  ),
  'content-encoding': final(
    'The answer is compressed in a way that is not known.',
    'Report it to the site.',
  ),
  tls: final(
    'The certificate of the site is not valid.',
    'Ask the owner of the site; for an own authority set NODE_EXTRA_CA_CERTS.',
  ),
  'file-expired': final(
    'The uploaded bytes were past their seven days when the task ran.',
    'Upload the file again.',
  ),
  'chunks-expired': final(
    'The chunks were past their seven days when they were to be written.',
    'Scrape the page again.',
  ),
  'broken-pdf': final('The PDF cannot be read.', 'Open it in a viewer and save it anew.'),
  'encrypted-pdf': final('The PDF wants a password.', 'Save it without one.'),
  'needs-ocr': final(
    'The pages of the PDF are pictures without text.',
    'Run text recognition on it first.',
  ),
  'pdf-too-large': final(
    'The PDF has too many pages, or its contents use too much memory.',
    'Split it.',
  ),
  'pdf-timeout': final('Reading the PDF took too long.', 'Split it.'),
  'broken-document': final(
    'The Word document or book cannot be read, or is something else.',
    'Open it in its program and save it anew.',
  ),
  'encrypted-document': final(
    'The Word document or book is protected.',
    'Save it without its protection.',
  ),
  'document-too-large': final(
    'The Word document or book unpacks to more than 40 MB of text, or 10 MB in one part.',
    'Split it, or save it as PDF.',
  ),
  'document-expired': final(
    'The text of a document was past its seven days, or erased, when its notes were to be written.',
    'Send the document again.',
  ),
  'invalid-document': final(
    'Chunks do not belong to the document that they were written for.',
    'Report it: this is a bug.',
  ),
  'other-embedder': again(
    'The task is for another embedder than the settings of this process name.',
    'Give all embedder services the same settings, or start `re-embed` again.',
  ),
  'wrong-dimensions': final(
    'Vectors have another length than their table or the setting says.',
    'Correct SLIPSTREAM_EMBEDDER_DIMENSIONS.',
  ),
  'invalid-vector': final(
    'The embedder gave a vector of zeros or without numbers.',
    'Look at the embedding model.',
  ),
  'provider-refused': final(
    'The model server refused the request.',
    'Read the message: the key, the name of the model, or the length of the text.',
  ),
  'provider-unreachable': again(
    'The model server did not answer, or broke off.',
    'Look whether it is up.',
  ),
  'provider-rate-limited': again(
    'The model server answered 429.',
    'Wait, or ask for a higher limit there.',
  ),
  'provider-unavailable': again(
    'The model server answered 5xx or 408, or sent an error in its stream.',
    'Look whether it is well.',
  ),
  'provider-protocol': final(
    'The model server answered something that is no embedding, or the rerank server no scores.',
    'Is it OpenAI-compatible, and does the URL end in `/v1`?',
  ),
  'embedding-thread-died': again(
    'A thread of the offline embedder ended, mostly for want of memory.',
    'Give the process 150 MB for each thread.',
  ),
  'payload-expired': final(
    'A payload that was kept outside the queue is past its retention, or was erased.',
    'Submit the task again.',
  ),
  cycle: final(
    'Nodes of a workflow wait for each other.',
    'The message names them: break the ring.',
  ),
  'webhook-failed': again(
    'The receiver of a webhook did not answer, or not with 2xx.',
    'Look whether it is up: the task `deliver-webhook` goes on for about a day.',
  ),
  'webhook-gone': final(
    'The receiver of a webhook answered 410.',
    'Give other tasks another webhook.',
  ),
  'webhook-unknown': final(
    'The task of the delivery has no webhook, or is past its retention.',
    'GET the task.',
  ),
  'embedder-closed': again('The process was shutting down.', NONE),
};
