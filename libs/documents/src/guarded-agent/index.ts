/** A door of its own: only who makes requests to outside addresses loads undici. */
export type { Dispatcher } from 'undici';
export {
  type AgentLimits,
  createGuardedAgent,
  type GuardedAgentOptions,
  guardedLookup,
  PrivateAddressError,
  type Resolve,
} from './guarded-agent.ts';
