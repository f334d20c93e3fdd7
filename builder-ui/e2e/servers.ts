import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Fresh = { link: string; url: string; stop: () => Promise<void> };

/** A server that nobody has set up yet, with the link that it prints once. It ends with `stop`. */
export async function freshServer(binary: string, ...flags: string[]): Promise<Fresh> {
  const data = mkdtempSync(join(tmpdir(), 'dueflow-fresh-'));
  const child = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const link = await printed(child, /http:\/\/\S+\/setup#\S+/);
    return { link, url: new URL(link).origin, stop: () => end(child, data) };
  } catch (error) {
    await end(child, data);
    throw error;
  }
}

function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`no setup link within a minute:\n${said}`)), 60_000);
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

async function end(child: ChildProcess, data: string) {
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
  }
  rmSync(data, { recursive: true, force: true });
}
