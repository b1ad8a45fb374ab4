/** The name that robots.txt rules are looked up by, and that requests carry. */
export const ROBOTS_AGENT = 'Slipstream';
