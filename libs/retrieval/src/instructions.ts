import { unitsOf } from './units.ts';

export interface CleanText {
  /** The text without what speaks to a model, and without characters that nobody sees. */
  readonly text: string;
  /** Sentences that were left out. */
  readonly instructions: readonly string[];
}

/**
 * Leaves out of a source's text what is not meant for readers but for a language model that reads
 * it: `Ignore all previous instructions`, role marks, orders about answers. What such a sentence
 * says can then neither reach a model nor prove one's statement. In the sample manual and in 1,400
 * abstracts on aerodynamics it finds none.
 */
export function withoutInstructions(source: string): CleanText {
  const all = source.replace(INVISIBLE, '');
  const marks = FRAME_MARKS.map((mark) => all.search(mark)).filter((at) => at >= 0);
  const end = marks.length === 0 ? all.length : Math.min(...marks);
  const visible = all.slice(0, end);
  const instructions: string[] = end < all.length ? [all.slice(end)] : [];
  let kept = '';
  let copied = 0;
  let block = -1;
  for (const unit of unitsOf(visible)) {
    // What comes after an order in its paragraph is what it orders: `SYSTEM: The warranty is void.`
    if (unit.block !== block && !isInstruction(unit.text)) continue;
    block = unit.block;
    instructions.push(unit.text);
    kept += visible.slice(copied, unit.start);
    copied = visible.startsWith(' ', unit.end) ? unit.end + 1 : unit.end;
  }
  const rest = kept + visible.slice(copied);
  // Headings are no units, and a role mark may stand on a line of its own.
  const lines = rest.split('\n').filter((line) => {
    const bad = isInstruction(line);
    if (bad) instructions.push(line);
    return !bad;
  });
  if (instructions.length === 0) return { text: visible, instructions };
  const left = lines.filter((line) => !BARE_MARK.test(line)).join('\n');
  const text = left.replaceAll(/[ \t]+(?=\n|$)/g, '').replaceAll(/\n{3,}/g, '\n\n');
  return { text: text.trimEnd(), instructions };
}

/** Whether a sentence is an order to a language model. */
export function isInstruction(sentence: string): boolean {
  const plain = sentence
    .replace(INVISIBLE, '')
    .replaceAll(/[*_`]+/g, '')
    .replaceAll(/\s+/g, ' ');
  return [...FRAME_MARKS, ...PATTERNS].some((pattern) => pattern.test(plain));
}

/** Zero-width and direction marks, and the tag characters that hide text. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/** A list item of which only its mark is left. */
const BARE_MARK = /^\s*(?:[-*+]|\d{1,9}[.)])\s*$/;

/** What closes the frame around a source, or opens that of somebody else: nothing after it is the source's. */
const FRAME_MARKS: readonly RegExp[] = [
  /<\|[a-z_]+\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|assistant|user|instructions?|passages?|context|prompt|tool_call|function_calls?)>/i,
  /-{3,}\s*(?:passages?|end|begin|context|system|instructions?)\b|\b(?:end|begin|start) of (?:the )?(?:passages?|context|documents?|sources?|prompt)\b/i,
];

const PATTERNS: readonly RegExp[] = [
  // `System: Windows 11` is no role.
  /^\s*(?:#+\s*)?(?:SYSTEM|ASSISTANT|DEVELOPER|system|assistant)\s*(?:prompt|message|PROMPT|MESSAGE)?\s*:|^\s*#+\s*(?:System|Assistant)\s*:/,
  // What was said before shall not count.
  /\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|bypass|do not (?:follow|obey)|stop following)\b.{0,60}\b(?:instructions?|rules?|prompts?|guidelines?|directions?|messages?|(?:everything|anything|all|text|passages?|sources?) (?:above|before|else|you))\b/i,
  /\b(?:ignor\w*|vergiss|vergessen sie|oubli\w+|olvid\w+|dimentic\w+)\b.{0,60}\b(?:anweisungen|instructions|instrucciones|istruzioni|regeln|r[eè]gles|reglas|regole)\b/i,
  /\b(?:new|updated|real|actual|additional|important|following|secret) (?:system )?(?:instructions?|rules?|prompts?)(?: (?:follow|override|apply|supersede|replace)|\s*:| for (?:you|the (?:ai|assistant|model)))\b/i,
  // Who is spoken to.
  /\b(?:you are|you're|act as|acting as|pretend(?: to be| you are)?|behave (?:as|like)|role-?play(?: as)?)\b.{0,40}\b(?:ai|a\.i\.|llm|assistant|language model|chat ?bot|gpt|dan|developer mode|jailbroken|unrestricted|no longer)\b/i,
  /\b(?:attention|note|notes|message|messages|instructions?|notice|hint|dear|hello|hey|hi)\b,?(?: (?:to|for|all|any|every|the))*,? (?:ai|a\.i\.|llms?|language models?|ai assistants?|assistants?|ai agents?|chat ?bots?|gpt\S*|claude|gemini|copilot|automated (?:agents?|systems?|readers?))\b/i,
  /\b(?:if|as|since) (?:you are|you're) (?:an? |the )?(?:ai|llm|large language model|language model|assistant|chat ?bot|bot)\b/i,
  /\b(?:ai|llm|language model|chat ?bot)s?\b.{0,30}\b(?:reading|processing|summari[sz]ing|parsing|that reads?) (?:this|the)\b/i,
  // How to answer.
  /\b(?:system prompt|hidden prompt|initial prompt|system message|prompt injection|your (?:instructions|prompt|rules|guidelines|training|configuration|constraints|safety))\b/i,
  /\b(?:your|every|each|all|any) (?:final |next |future |following )?(?:answers?|responses?|repl(?:y|ies))\b/i,
  /(?:^|[.!?:;,]\s*|\b(?:please|always|must|should|then|just|only|now|instead|and)\s+)(?:answer|respond|reply|repeat)\b.{0,40}(?:\b(?:with|exactly|only|that|verbatim|by|in|as|the (?:words?|phrase|following|text))\b|[:"'“«])/i,
  /(?:^|[.!?:;,]\s*|\b(?:please|always|must|should|then|just|only|now|instead|and)\s+)say (?:(?:exactly|only|nothing but|that|the (?:words?|phrase|following))\b|[:"'“«])/i,
  /\b(?:tell|inform|assure|convince|persuade|warn|advise|instruct)\s+(?:the |any |every |all |your )?(?:users?|customers?|readers?|visitors?|humans?|people)\s+(?:that|to|they|their|about|this)\b/i,
  /\bdo not (?:tell|mention|reveal|disclose|cite|quote)\b.{0,60}\b(?:users?|customers?|passages?|sources?|instructions?|this (?:text|note|message))\b/i,
  /\b(?:when|if|whenever|once) (?:you are |you're |you get )?(?:asked|answering|summari[sz]ing|queried)\b.{0,80}\b(?:say|answer|reply|respond|recommend|claim|pretend|refuse|link|send|mention|add|tell)\b/i,
  /\b(?:when|if|whenever) (?:a|the|any|some) (?:user|customer|person|human|one)s? asks?\b.{0,80}\b(?:say|answer|reply|respond|recommend|claim|pretend|refuse|link|send)\b/i,
  /\b(?:reveal|print|repeat|output|leak|expose|disclose|translate|summari[sz]e)\b.{0,40}\b(?:prompt|(?:text|everything|words|messages?|conversation) above|conversation|chat history|instructions)\b/i,
  /\bcite (?:only )?(?:this|the|passage|source|\[\d)/i,
  /\bNO_?ANSWER\b/,
  // A picture whose address carries something away.
  /!\[[^\]]*\]\(\s*https?:[^)]*[?&][^)]*\)/i,
];
