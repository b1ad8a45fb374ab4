import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';
import { kindsPage } from './kinds-page.ts';
import { metricsPage } from './metrics-page.ts';
import { subjectsPage } from './subjects-page.ts';

/** Every page of docs/reference: its file, and how it is made. */
export const referencePages: Readonly<Record<string, () => Promise<string>>> = {
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/metrics.md': metricsPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/kinds.md': kindsPage,
  'docs/reference/subjects.md': subjectsPage,
};
