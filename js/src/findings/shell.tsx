import { previewCommands } from "../lib/pictures/preview.tsx";
import { MarkStatus, UndoButtons } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import type { Commands } from "../lib/ui/commands.ts";
import { Icon } from "../lib/ui/icons.tsx";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import { Case } from "./case.tsx";
import type { FindingsController } from "./controller.ts";
import { Filmstrip } from "./filmstrip.tsx";
import { FindingsPreview } from "./preview.tsx";

const KEYS: KeyList = [
  ["K / X", "keep / reject, and on to the next undecided"],
  ["L", "give it the suggested label"],
  ["E", "type another label"],
  ["U", "take the decision back"],
  ["Space, a click on the picture", "look at it large; again: back"],
  ["+ / − / 0", "large: closer / further / all of it"],
  ["B", "large: draw boxes"],
  ["Left / Right", "to the one before / after"],
  ["Home / End", "to the first / last"],
  ["Shift+K / Shift+X", "keep / reject all of its group that are undecided"],
  ["Up / Down", "to the finding before / after"],
];

/** The findings panel's frame: the findings with their progress, the item under review, the strip of those around. */
export function Shell({ controller }: { controller: FindingsController }) {
  const { store, state, filter, findings } = controller;
  const none = findings.value.status === "ready" && !findings.value.value.length;
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller)}
      label="Findings"
      over={
        state.preview.open.value && controller.key !== null && <FindingsPreview controller={controller} />
      }
      status={<MarkStatus store={store} filter={filter} />}
    >
      <div class="review">
        <FindingList controller={controller} />
        <div class="case-side">
          <Case controller={controller} />
          <Filmstrip controller={controller} />
        </div>
      </div>
      <MessageOver
        message={
          waitingMessage([store.dataset.value, findings.value]) ??
          (none ? { kind: "empty", title: "Nothing was found" } : null)
        }
      />
    </ViewFrame>
  );
}

function FindingList({ controller }: { controller: FindingsController }) {
  const { findings, state, store } = controller;
  if (findings.value.status !== "ready") return null;
  return (
    <div class="finding-list" data-scrolls="">
      <div class="findings" role="tablist" aria-label="Findings" aria-orientation="vertical">
        {findings.value.value.map(({ name, count, groups, decided }) => {
          const shown = name === state.finding.value;
          const done = count > 0 && decided === count;
          return (
            <button
              key={name}
              type="button"
              role="tab"
              class="finding"
              aria-selected={shown}
              tabIndex={shown ? 0 : -1}
              data-testid="nbc-finding"
              data-value={name}
              onClick={() => controller.show(name)}
            >
              <b>{name}</b>
              <span>
                {count.toLocaleString("en")} {count === 1 ? "item" : "items"}
                {groups !== null && ` in ${groups.toLocaleString("en")} ${groups === 1 ? "group" : "groups"}`}
              </span>
              <span class="progress">
                <i style={{ "--share": count ? decided / count : 0 }} />
                {done && <Icon name="check" />}
                <small data-testid="nbc-progress">
                  {decided.toLocaleString("en")} of {count.toLocaleString("en")} decided
                </small>
              </span>
            </button>
          );
        })}
      </div>
      <UndoButtons store={store} />
    </div>
  );
}

function commandsOf(controller: FindingsController): Commands {
  const { preview, boxes } = controller.state;
  const commands: Commands = {
    k: () => controller.decide("keep"),
    x: () => controller.decide("reject"),
    l: () => controller.decide("relabel"),
    u: () => controller.decide("clear"),
    Delete: () => controller.decide("reject"),
    "shift+k": () => controller.decideGroup("keep"),
    "shift+x": () => controller.decideGroup("reject"),
    ArrowRight: () => controller.step(1),
    ArrowLeft: () => controller.step(-1),
    ArrowDown: () => controller.stepFinding(1),
    ArrowUp: () => controller.stepFinding(-1),
    PageDown: () => controller.step(10),
    PageUp: () => controller.step(-10),
    Home: () => controller.goTo(0),
    End: () => controller.goTo(Number.MAX_SAFE_INTEGER),
    b: () => {
      boxes.value = !boxes.peek();
    },
  };
  if (preview.open.value) return { ...commands, ...previewCommands(preview) };
  return {
    ...commands,
    " ": () => controller.enlarge(),
    e: () => controller.labelField.current?.focus(),
  };
}
