/** The library's Argon2 alone; its main entry brings every other hash along. */
declare module 'hash-wasm/dist/argon2.umd.min.js' {
  export { argon2id } from 'hash-wasm';
}
