import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A started `airgrid …`, as a user runs it: the built program in a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  readonly dataDir: string;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the first match in the output. */
  said(pattern: RegExp, withinMs?: number): Promise<RegExpMatchArray>;
  /** Resolves with the exit code when it ends by itself. */
  readonly ended: Promise<number | null>;
  /** Sends the signal; resolves with the exit code and how long the stop took. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }>;
  cleanUp(): Promise<void>;
}

export function startProgram(args: readonly string[], env: Record<string, string> = {}): Program {
  if (!existsSync(CLI))
    throw new Error('dist/ is not built: run `npm run build` (npm test does it by itself).');
  const dataDir = mkdtempSync(join(tmpdir(), 'airgrid-run-'));
  const child = spawn(process.execPath, [CLI, ...args, '--data-dir', dataDir], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const watchers = new Set<() => void>();
  const take = (chunk: Buffer) => {
    text += chunk.toString();
    for (const look of [...watchers]) look();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  void ended.then(() => {
    for (const look of [...watchers]) look();
  });

  const program: Program = {
    child,
    dataDir,
    ended,
    output: () => text,
    said: (pattern, withinMs = 30_000) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          watchers.delete(look);
          clearTimeout(timer);
          act();
        };
        const look = () => {
          const match = text.match(pattern);
          if (match !== null) settle(() => resolve(match));
          else if (child.exitCode !== null)
            settle(() => reject(new Error(`ended before ${pattern}:\n${text}`)));
        };
        const timer = setTimeout(
          () => settle(() => reject(new Error(`never said ${pattern}:\n${text}`))),
          withinMs,
        );
        watchers.add(look);
        look();
      }),
    stop: async (signal = 'SIGTERM') => {
      const started = performance.now();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const code = await ended;
      return { code, tookMs: performance.now() - started };
    },
    cleanUp: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return program;
}

export interface Demo extends Program {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** `airgrid demo` on a free port, ready to be signed in to. */
export async function startDemo(args: readonly string[] = []): Promise<Demo> {
  const program = startProgram(['demo', '--port', '0', ...args], { AIRGRID_LOG_FORMAT: 'json' });
  try {
    const [, url = ''] = await program.said(/Console\s+(http:\S+)/);
    const [, username = '', password = ''] = await program.said(/Sign in\s+(\S+)\s+\/\s+(\S+)/);
    return { ...program, url, username, password };
  } catch (error) {
    await program.cleanUp();
    throw error;
  }
}
