import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Fresh = { link: string; url: string; stop: () => Promise<void> };
/** A server that can be killed in mid-work, and started again as the same one. */
export type Lasting = {
  url: string;
  kill: () => Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

const run = (binary: string, data: string, listen: string, flags: string[]) =>
  spawn(binary, ['serve', '--data', data, '--listen', listen, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** A server that nobody has set up yet, with the link that it prints once. It ends with `stop`. */
export async function freshServer(binary: string, ...flags: string[]): Promise<Fresh> {
  const data = mkdtempSync(join(tmpdir(), 'dueflow-fresh-'));
  const child = run(binary, data, '127.0.0.1:0', flags);
  try {
    const link = await printed(child, /http:\/\/\S+\/setup#\S+/);
    return { link, url: new URL(link).origin, stop: () => end(child, data) };
  } catch (error) {
    await end(child, data);
    throw error;
  }
}

/** A demo on data and a port of its own, for tests of what a page does while its server is away. */
export async function lastingServer(binary: string, ...flags: string[]): Promise<Lasting> {
  const data = mkdtempSync(join(tmpdir(), 'dueflow-lasting-'));
  const listen = `127.0.0.1:${await freePort()}`;
  let child: ChildProcess | undefined;
  const start = async () => {
    child = run(binary, data, listen, ['--demo', '--demo-day', '1h', ...flags]);
    await printed(child, /http:\/\/127\S+/);
  };
  const stop = async () => child && end(child, data);
  const kill = async () => child && gone(child, 'SIGKILL');
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://${listen}`, kill, start, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const door = createServer();
    door.once('error', reject);
    door.listen(0, '127.0.0.1', () => {
      const at = door.address();
      door.close(() => resolve(typeof at === 'object' && at ? at.port : 0));
    });
  });
}

function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`not ready within a minute:\n${said}`)), 60_000);
    const hear = (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
      const found = pattern.exec(said)?.[0];
      if (!found) return;
      clearTimeout(late);
      resolve(found);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the server ended with ${code}:\n${said}`));
    });
  });
}

async function gone(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}

async function end(child: ChildProcess, data: string) {
  await gone(child, 'SIGTERM');
  rmSync(data, { recursive: true, force: true });
}
