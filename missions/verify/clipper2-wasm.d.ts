// The package's own "types" entry points to a file that it does not ship; its real typings are one folder up.
declare module 'clipper2-wasm' {
  import type { MainModule } from 'clipper2-wasm/dist/clipper2z.d.ts';

  const load: () => Promise<MainModule>;
  export default load;
}
