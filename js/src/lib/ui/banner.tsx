import type { Connection } from "../wire/connection.ts";

const TEXT = {
  gone: "The kernel was restarted. Run this cell again to reconnect.",
  silent:
    "The kernel does not answer: it is busy, or it was restarted. If it was, run this cell again to reconnect.",
};

/** Stands over a view whose kernel is not there, so that nobody works on something that leads nowhere. */
export function Banner({ connection }: { connection: Connection }) {
  const state = connection.state.value;
  if (state !== "gone" && state !== "silent") return null;
  return (
    <div class="banner" role="alert" data-testid="nbc-banner">
      {TEXT[state]}
    </div>
  );
}
