// Builds the front end straight into the Python package: one bundle that the session widget carries, and one
// tiny file per view that asks the session to mount it. Nothing is fetched at run time.
import { mkdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outdir = resolve(here, "../src/nbcurate/widgets/static");

/** The views that exist; each name is both the stub's file name and what the session is asked to mount. */
const VIEWS = [
  "grid",
  "map",
  "balance",
  "clusters",
  "findings",
  "report",
  "confusion",
  "scatter",
  "curves",
  "curator",
];

/** Stylesheets become minified strings, so that a shadow root can adopt them. */
export const cssText = {
  name: "css-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [cssText],
  logLevel: "warning",
};

const bundles = [
  { ...shared, entryPoints: [resolve(here, "src/session.ts")], outfile: resolve(outdir, "session.js") },
  { ...shared, entryPoints: [resolve(here, "src/opener/opener.ts")], outfile: resolve(outdir, "opener.js") },
  ...VIEWS.map((view) => ({
    ...shared,
    entryPoints: [resolve(here, "src/view-stub.ts")],
    define: { VIEW: JSON.stringify(view) },
    outfile: resolve(outdir, `${view}.js`),
  })),
];

async function report() {
  for (const { outfile } of bundles) {
    const text = await readFile(outfile);
    const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
    console.log(
      `${outfile.slice(outdir.length + 1)}  ${kb(text.length)}, ${kb(gzipSync(text).length)} gzipped`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(outdir, { recursive: true });
  if (process.argv.includes("--watch")) {
    for (const options of bundles) await (await esbuild.context({ ...options, logLevel: "info" })).watch();
  } else {
    await Promise.all(bundles.map((options) => esbuild.build(options)));
    await report();
  }
}
