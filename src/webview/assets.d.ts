/** The bundler hands over picture files as their text. */
declare module '*.svg' {
  const source: string;
  export default source;
}
