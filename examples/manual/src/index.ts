export {
  type AnsweredQuestion,
  type Question,
  readQuestions,
  type UnansweredQuestion,
} from './questions.ts';
export { type ManualRequest, type ManualServer, serveManual } from './serve-manual.ts';

/** The invented brand that the manual belongs to. */
export const MANUAL_BRAND = 'Quillmere';
