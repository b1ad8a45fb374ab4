/**
 * English words that say nothing about the subject of a question: articles, pronouns, auxiliaries,
 * question words. `not`, `no`, `off` and `without` are kept: they turn an answer around.
 */
export const stopWords: ReadonlySet<string> = new Set(
  `a about after again all also am an and any are aren as at be because been before being between
  both but by can cannot could couldn d did didn do does doesn doing don down during each else for
  from further had hadn has hasn have haven having he her here hers him his how i if in into is isn
  it its itself just let ll m me more most my myself now of on once only or other our ours out over
  own please re s same shall she should shouldn so some such t than that the their theirs them then
  there these they this those through to too under until up us ve very was wasn we were weren what
  when where which while who whom why will with won would wouldn you your yours yourself`
    .trim()
    .split(/\s+/),
);
