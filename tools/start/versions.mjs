// @ts-check

/** Oldest Node that runs the sources as they are. @type {string} */
export const MIN_NODE = '24.11.0';

/** The Node that is fetched where there is none of at least `MIN_NODE`. @type {string} */
export const NODE_VERSION = '24.21.0';

/** Oldest nats-server with message schedules, counters and atomic groups. @type {string} */
export const MIN_NATS_SERVER = '2.12.0';

/** The nats-server that is fetched from the official releases. @type {string} */
export const NATS_SERVER_VERSION = '2.15.1';

/** Below it BullMQ warns. @type {string} */
export const MIN_REDIS_SERVER = '6.2.0';

/**
 * The first version in a text: `nats-server: v2.15.1-RC.1` gives `2.15.1`.
 * @param {string} text
 * @returns {string | undefined}
 */
export function findVersion(text) {
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}

/**
 * Compares number by number: 2.9.25 is older than 2.12.0.
 * @param {string} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  const have = version.split('.').map(Number);
  const need = least.split('.').map(Number);
  const differs = need.findIndex((number, place) => number !== have[place]);
  return differs === -1 || (have[differs] ?? 0) > (need[differs] ?? 0);
}
