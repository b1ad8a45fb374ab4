// @ts-check
import { spawn } from 'node:child_process';

/** npm's and Node's command files on Windows are scripts, which only a shell runs. */
const shell = process.platform === 'win32';

/**
 * Runs a program to its end and returns what it wrote: `out` on its output, `text` there and on its
 * error output. Never throws: a program that is missing or too slow has `ok: false` and says so in
 * `text`.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<{ ok: boolean, out: string, text: string }>}
 */
export function capture(file, args, { timeoutMs = 20_000, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, shell: shell && !file.endsWith('.exe') });
    let out = '';
    let text = '';
    child.stdout.on('data', (part) => {
      out += part;
      text += part;
    });
    child.stderr.on('data', (part) => {
      text += part;
    });
    const timer = setTimeout(() => {
      text += `\nno end after ${timeoutMs / 1000} s`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, out, text: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ok: code === 0, out, text: text.trim() });
    });
  });
}

/**
 * Runs a program in this terminal and returns its exit code (128 + 15 after a signal, 127 when it
 * cannot be run). Signals that reach us are passed on, and we wait for the program's own end.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function runInTerminal(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: 'inherit',
      ...options,
      shell: shell && !file.endsWith('.exe'),
    });
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, passOn);
    /** @param {number} code */
    const end = (code) => {
      for (const signal of signals) process.off(signal, passOn);
      resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      end(127);
    });
    child.on('exit', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
