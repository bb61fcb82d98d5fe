import { RequestError } from "./rpc.ts";

/** Loading, there, or the reason why not. */
export type Loadable<T> =
  | { status: "loading" }
  | { status: "ready"; value: T }
  | { status: "failed"; reason: string };

export const LOADING = { status: "loading" } as const;

export const NO_EMBEDDINGS = "No embeddings yet: run ds.embed(...)";

export function messageOf(error: unknown): string {
  if (error instanceof RequestError && error.code === "no-embeddings") return NO_EMBEDDINGS;
  return error instanceof Error ? error.message : String(error);
}
