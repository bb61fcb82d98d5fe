import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { GridController } from "./controller.ts";
import { knowsWords, searchWords } from "./searching.ts";

/** Says in words what to look for. It is not there where the model knows pictures alone. */
export function WordsField({ controller }: { controller: GridController }) {
  const typed = useSignal("");
  const asked = controller.state.query.value.words ?? "";
  useEffect(() => {
    typed.value = asked; // back and forward bring it back, too
  }, [asked, typed]);
  if (!knowsWords(controller)) return null;
  return (
    <input
      type="search"
      ref={controller.wordsField}
      class="words-field"
      placeholder="Search by words"
      aria-label="Search by words"
      title="Say what is on the pictures, and press Enter (/)"
      maxLength={200}
      data-testid="nbc-words"
      value={typed.value}
      onInput={({ currentTarget }) => {
        typed.value = currentTarget.value;
      }}
      onSearch={({ currentTarget }) => {
        if (!currentTarget.value && asked) controller.closeNeighbours();
      }}
      onKeyDown={({ key }) => {
        if (key === "Enter") searchWords(controller, typed.peek());
      }}
    />
  );
}
