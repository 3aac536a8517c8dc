// Makes static/vendor/codemirror-<version of @codemirror/view>/ with codemirror.js (one ES module) and LICENSE.
//
//   cd tools/codemirror && npm ci --ignore-scripts && npm run build
//
// To take newer versions: change them in package.json, `npm install --ignore-scripts
// --omit-lockfile-registry-resolved` (the lock then holds hashes but names no host), build, and put the new folder
// name into static/js/code/ and docs/dependencies.md. Only developers need this; the result is committed.

import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const STRICT = "if (!root.head && root.adoptedStyleSheets";

/* style-mod writes its rules into a <style> element unless the editor stands in a shadow root, and our
   Content-Security-Policy refuses such elements. A constructed style sheet on the document is allowed. */
const constructedStyleSheets = {
  name: "constructed-style-sheets",
  setup({ onLoad }) {
    onLoad({ filter: /style-mod\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes(STRICT)) throw new Error(`${path}: not the code we know; see whether it still needs a change`);
      return { contents: source.replace(STRICT, "if (root.adoptedStyleSheets") };
    });
  },
};

const read = (path) => readFileSync(path, "utf8");
const { metafile, outputFiles } = await build({
  entryPoints: ["entry.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  write: false,
  plugins: [constructedStyleSheets],
});

const [{ inputs }] = Object.values(metafile.outputs);
const names = Object.keys(inputs)
  .filter((path) => inputs[path].bytesInOutput > 0)
  .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)[1]);
const packages = [...new Set(names)].sort().map((name) => {
  const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`));
  return { name, version, license, text: read(`node_modules/${name}/LICENSE`).trim() };
});
const version = packages.find(({ name }) => name === "@codemirror/view").version;
const list = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
const texts = new Map();
for (const one of packages) texts.set(one.text, [...(texts.get(one.text) ?? []), `${one.name} ${one.version}`]);

const folder = `../../static/vendor/codemirror-${version}`;
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/codemirror.js`, `/* ${list}. ${packages[0].license} licence, see LICENSE. Made by tools/codemirror/build.mjs. */\n${outputFiles[0].text}`);
writeFileSync(`${folder}/LICENSE`, [...texts].map(([text, of]) => `${of.join(", ")}:\n\n${text}\n`).join("\n---\n\n"));
console.log(`${folder}/codemirror.js: ${outputFiles[0].contents.length} bytes`);
