import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isStillRunning, type KnownProcess, stopKnown } from './processes.ts';
import { SettingsError } from './settings.ts';

/** Who uses a data folder, and the processes that it started there. */
interface Owner {
  readonly supervisor: KnownProcess;
  readonly children: Readonly<Record<string, KnownProcess>>;
}

export interface DataLock extends AsyncDisposable {
  /** Names of processes that an earlier start had left behind, and that are stopped now. */
  readonly leftovers: readonly string[];
  /** Keeps in mind which process runs, for the next start to find it if we are killed. */
  note(name: string, pid: number | undefined): void;
}

/**
 * Takes the data folder for this process. Throws a SettingsError when another start has it; if that
 * one was killed, the processes that it left behind are stopped first.
 */
export async function lockDataDir(dataDir: string, ownPid = process.pid): Promise<DataLock> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'supervisor.json');
  const before = await readOwner(file);
  if (before && before.supervisor.pid !== ownPid && isStillRunning(before.supervisor))
    throw new SettingsError(
      `${dataDir} is in use by process ${before.supervisor.pid}: stop that one, or set SLIPSTREAM_DATA_DIR to another folder`,
    );
  const leftovers = Object.entries(before?.children ?? {}).filter(([, child]) =>
    isStillRunning(child),
  );
  await Promise.all(leftovers.map(([, child]) => stopKnown(child)));

  let owner: Owner = {
    supervisor: identify(ownPid) ?? { pid: ownPid, commandLine: '' },
    children: {},
  };
  const save = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(owner));
    renameSync(`${file}.new`, file); // at once and in one move, for we may be killed at any time
  };
  save();
  return {
    leftovers: leftovers.map(([name]) => name),
    note(name, pid) {
      const child = pid === undefined ? undefined : identify(pid);
      if (!child) return;
      owner = { ...owner, children: { ...owner.children, [name]: child } };
      save();
    },
    async [Symbol.asyncDispose]() {
      await rm(file, { force: true });
    },
  };
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined; // none yet
  }
}
