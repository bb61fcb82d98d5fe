// Builds and serves the playground: `npm run playground`, or `-- --build` to write playground/dist only.
import { copyFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { cssText } from "../build.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, "dist");
const context = await esbuild.context({
  entryPoints: [resolve(here, "main.ts")],
  outdir: dist,
  bundle: true,
  format: "esm",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [cssText],
});
await context.rebuild();
await copyFile(resolve(here, "index.html"), resolve(dist, "index.html"));
if (process.argv.includes("--build")) {
  await context.dispose();
} else {
  const { port } = await context.serve({ servedir: dist, host: "127.0.0.1", port: 8123 });
  console.log(`http://127.0.0.1:${port}/?count=3000&theme=dark&views=2`);
}
