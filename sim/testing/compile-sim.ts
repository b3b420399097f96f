import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');

export interface CompiledSim {
  /** Path of the compiled entry, `sim/main.js` by default. */
  readonly main: string;
  remove(): Promise<void>;
}

/**
 * Compiles `sim/main.ts` (or another program below `sim/`) and what it imports of ours to plain JavaScript, so that a test can start it as the process
 * that it is, without waiting for a build of the whole repository. Under node_modules, where packages are found.
 */
export async function compileSim(entry = 'main.ts'): Promise<CompiledSim> {
  const out = join(
    ROOT,
    'node_modules',
    '.cache',
    `airgrid-sim-${process.pid}-${entry.replaceAll(/\W/g, '-')}`,
  );
  const waiting = [join(ROOT, 'sim', entry)];
  const done = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    const source = await readFile(file, 'utf8');
    const { outputText } = ts.transpileModule(source, {
      fileName: file,
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    const target = join(out, relative(ROOT, file).replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
    // Only what is left after type imports were erased is needed at run time.
    for (const [, specifier] of outputText.matchAll(/from ['"](\.[^'"]+)\.js['"]/g)) {
      if (specifier !== undefined) waiting.push(resolve(dirname(file), `${specifier}.ts`));
    }
  }
  await writeFile(join(out, 'package.json'), '{"type":"module"}');
  return {
    main: join(out, 'sim', entry.replace(/\.ts$/, '.js')),
    remove: () => rm(out, { recursive: true, force: true }),
  };
}
