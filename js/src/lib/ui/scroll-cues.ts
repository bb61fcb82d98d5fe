/**
 * Says of every list that scrolls when it goes on beyond its edge: what nobody sees is there is not looked for. A list
 * has `data-scrolls`, with how many lines it holds where these are alike; scrolls.css draws what is found out here.
 */

/** How many lines of a list lie below its window, in words; nothing where it is not known how many there are. */
export function moreBelow(lines: number, whole: number, below: number): string {
  if (!lines || whole <= 0) return "";
  return `${Math.max(Math.round((lines * below) / whole), 1).toLocaleString("en")} more below`;
}

/** Follows the lists of a view as long as it is shown. Answers how to stop. */
export function cueScrolls(root: ShadowRoot): () => void {
  let asked = 0;
  const look = () => {
    asked = 0;
    for (const list of root.querySelectorAll<HTMLElement>("[data-scrolls]")) cue(list);
  };
  const ask = () => {
    asked ||= requestAnimationFrame(look);
  };
  root.addEventListener("scroll", ask, { capture: true, passive: true });
  const changed = new MutationObserver(ask);
  changed.observe(root, { childList: true, subtree: true, attributeFilter: ["style"] });
  const resized = new ResizeObserver(ask);
  resized.observe(root.host);
  return () => {
    root.removeEventListener("scroll", ask, { capture: true });
    changed.disconnect();
    resized.disconnect();
    cancelAnimationFrame(asked);
  };
}

function cue(list: HTMLElement): void {
  const { scrollTop, scrollHeight, clientHeight, dataset } = list;
  const below = scrollHeight - clientHeight - scrollTop;
  // A part of a line is no reason to speak of one: rounding, and the padding at the end.
  const reach = 8;
  list.toggleAttribute("data-above", scrollTop > reach);
  list.toggleAttribute("data-below", below > reach);
  const more = below > reach ? moreBelow(Number(dataset.scrolls), scrollHeight, below) : "";
  if ((dataset.more ?? "") !== more) dataset.more = more;
}
