/** The library's Argon2 alone; its main entry brings every other hash along. */
declare module 'hash-wasm/dist/argon2.umd.min.js' {
  import type { argon2id } from 'hash-wasm';
  const library: { readonly argon2id: typeof argon2id };
  export default library;
}
