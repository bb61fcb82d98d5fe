/** esbuild turns an imported stylesheet into its minified text. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** The name of the view, filled in by the build for each stub. */
declare const VIEW: string;
