const root = new URL('../../', import.meta.url);

/**
 * Loads a module of the repository by its path from the root. The reference is made from tables
 * that packages do not export (a service's settings, the consumers), so it is not bound to
 * `exports`. `Module` says what is read of it; a drift of names fails the caller at once.
 */
export const loadModule = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(path, root).href)) as Module;
