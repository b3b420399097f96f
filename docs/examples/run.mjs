// npm run example -- NAME [LINK-URL] …: runs one of the built examples beside this file.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [name = '', ...rest] = process.argv.slice(2);
const built = new URL(`../../dist/docs/examples/${name}.js`, import.meta.url);
if (!/^[a-z-]+$/.test(name) || name === 'open' || !existsSync(built)) {
  const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
    .filter((file) => file.endsWith('.ts') && file !== 'open.ts')
    .map((file) => file.slice(0, -3));
  console.error(`Which example? npm run example -- NAME [LINK-URL], NAME one of:\n  ${names.join('\n  ')}`);
  process.exit(2);
}
process.argv = [process.argv[0], fileURLToPath(built), ...rest];
await import(built.href);
