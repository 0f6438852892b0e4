/**
 * The npm packages that something of is in the output of these builds, by the folder in which npm has put them.
 * @param {readonly import('esbuild').Metafile[]} metafiles
 * @returns {readonly string[]} such as `node_modules/ws`, sorted
 */
export function packagesIn(metafiles) {
  const found = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
        if (folder !== undefined && bytesInOutput > 0) {
          found.add(folder);
        }
      }
    }
  }
  return [...found].sort();
}
