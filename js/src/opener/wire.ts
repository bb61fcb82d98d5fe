/** What goes between the opener and the kernel, and what the host's widget manager offers. */

export type Answer =
  | { type: "view"; click: string; view: string }
  | { type: "error"; click: string; message: string };

/** As much of a widget manager as shows a widget somewhere. */
export interface Manager {
  get_model(id: string): Promise<unknown>;
  create_view(model: unknown): Promise<WidgetView>;
}

export interface WidgetView {
  el: HTMLElement;
  remove(): void;
}

/** What the kernel says when it is asked whether it is there. */
export function isHere(content: unknown): boolean {
  return typeof content === "object" && content !== null && (content as { type?: unknown }).type === "here";
}

export function isAnswer(content: unknown): content is Answer {
  if (typeof content !== "object" || content === null) return false;
  const { type, click, view, message } = content as Record<string, unknown>;
  if (typeof click !== "string") return false;
  return (type === "view" && typeof view === "string") || (type === "error" && typeof message === "string");
}
