import { ConfigError } from '@slipstream/config';

/** The values that a choice cannot do without. Throws a ConfigError that names those missing. */
export function need<Config extends object, const Names extends readonly (keyof Config & string)[]>(
  config: Config,
  choice: keyof Config & string,
  names: Names,
): { [Nth in keyof Names]: NonNullable<Config[Names[Nth] & keyof Config]> } {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length > 0)
    throw new ConfigError(`${choice} is ${config[choice]}, it needs ${missing.join(' and ')}`);
  return names.map((name) => config[name]) as never;
}
