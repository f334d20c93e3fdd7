/** Servers with data of their own, for pictures. All are ended by `stopAll`. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const started = [];

/** Starts one and gives what it printed that matches. */
export function start(binary, pattern, ...flags) {
  const data = mkdtempSync(join(tmpdir(), 'dueflow-states-'));
  const child = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...flags]);
  started.push({ child, data });
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk) => {
      said += chunk;
      const found = pattern.exec(said)?.[0];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(said)));
  });
}

export async function stopAll() {
  for (const { child, data } of started) {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    rmSync(data, { recursive: true, force: true });
  }
}
