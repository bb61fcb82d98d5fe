import { LABEL_KEYS, LabelMenu } from "../lib/session/label-menu.tsx";
import { MarkStatus, UndoButtons } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { Button } from "../lib/ui/button.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import type { Commands } from "../lib/ui/commands.ts";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import { CardGrid } from "./card-grid.tsx";
import type { Card } from "./cards.ts";
import type { ClustersController } from "./controller.ts";
import type { Order } from "./state.ts";

const KEYS: KeyList = [
  ["Click a name", "filter all views to the cluster; with Ctrl add it to the filter"],
  ["Click its pictures, O", "look into it"],
  ["[ / ]", "coarser / finer"],
  ["Space on its box", "tick it"],
  ["M", "merge those that are ticked"],
  ["S", "split it in two; opened, into the parts shown"],
  ["R", "rename it"],
  ["K", "keep all of it, or none; of a part, too"],
  ...LABEL_KEYS,
  ["1", "keep the most typical one of each, or of each that is ticked"],
  ["Esc", "back to all clusters, untick"],
];

const ORDERS: [order: Order, text: string][] = [
  ["size", "Largest first"],
  ["purity", "Least pure first"],
  ["name", "By name"],
];

/** The cluster browser's frame: levels, what to do with the ticked, the cards. */
export function Shell({ controller }: { controller: ClustersController }) {
  const { store, state, filter, loaded } = controller;
  const none = loaded.value.status === "ready" && !loaded.value.value.cards.length;
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller)}
      label="Clusters"
      toolbar={
        state.inside.value === null ? (
          <Toolbar controller={controller} />
        ) : (
          <InsideBar controller={controller} />
        )
      }
      above={<FilterChips filter={filter.filter.value} />}
      status={<MarkStatus store={store} filter={filter} />}
    >
      <CardGrid controller={controller} />
      <MessageOver
        message={
          waitingMessage([store.dataset.value, loaded.value]) ??
          (none ? { kind: "empty", title: "No clusters" } : null)
        }
      />
    </ViewFrame>
  );
}

function Toolbar({ controller }: { controller: ClustersController }) {
  const { store, state, loaded } = controller;
  const ticked = state.ticked.value.size;
  const [coarser, finer] = [controller.levelAt(-1), controller.levelAt(1)];
  const count = loaded.value.status === "ready" ? loaded.value.value.total : null;
  return (
    <>
      <div class="group">
        <Button
          icon="coarser"
          title={coarser ? `Coarser: ${coarser} clusters ([)` : "Coarser ([)"}
          testid="nbc-coarser"
          disabled={coarser === null}
          onClick={() => controller.step(-1)}
        />
        <b class="count" data-testid="nbc-cluster-count">
          {count === null ? "…" : `${count.toLocaleString("en")} ${count === 1 ? "cluster" : "clusters"}`}
        </b>
        <Button
          icon="finer"
          title={finer ? `Finer: ${finer} clusters (])` : "Finer (])"}
          testid="nbc-finer"
          disabled={finer === null}
          onClick={() => controller.step(1)}
        />
      </div>
      <label class="field">
        <span class="hidden">Order</span>
        <select
          aria-label="Order"
          value={state.order.value}
          data-testid="nbc-order"
          onChange={({ currentTarget }) => {
            state.order.value = currentTarget.value as Order;
          }}
        >
          {ORDERS.map(([order, text]) => (
            <option key={order} value={order}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <div class="group">
        <Button
          icon="merge"
          title="Merge the ticked clusters (M)"
          testid="nbc-merge"
          disabled={ticked < 2}
          onClick={() => controller.merge()}
        >
          {ticked > 1 ? `Merge ${ticked}` : "Merge"}
        </Button>
        <OneEach controller={controller} />
      </div>
      <LabelMenu labelling={controller.labelling} />
      <UndoButtons store={store} />
    </>
  );
}

/** Above the parts of a cluster that is opened. */
function InsideBar({ controller }: { controller: ClustersController }) {
  const { store, state } = controller;
  const name = state.inside.value as string;
  const parts = controller.cards.value.length;
  return (
    <>
      <Button
        icon="back"
        title="All clusters (Esc)"
        testid="nbc-outside"
        onClick={() => controller.open(null)}
      >
        All clusters
      </Button>
      <b class="inside-name" data-testid="nbc-inside">
        {name}
      </b>
      <div class="group">
        <Button
          icon="minus"
          title="Fewer parts ([)"
          testid="nbc-fewer"
          disabled={state.parts.value <= 2}
          onClick={() => controller.setParts(state.parts.peek() - 1)}
        />
        <b class="count">{parts} parts</b>
        <Button
          icon="plus"
          title="More parts (])"
          testid="nbc-more"
          onClick={() => controller.setParts(state.parts.peek() + 1)}
        />
      </div>
      <Button
        icon="split"
        title="Make clusters of these parts (S)"
        testid="nbc-split-parts"
        disabled={parts < 2}
        onClick={() => controller.split(name, state.parts.peek())}
      >
        Split into these
      </Button>
      <OneEach controller={controller} />
      <LabelMenu labelling={controller.labelling} />
      <UndoButtons store={store} />
    </>
  );
}

function OneEach({ controller }: { controller: ClustersController }) {
  const { state } = controller;
  const which = `${state.ticked.value.size ? "ticked " : ""}${state.inside.value === null ? "cluster" : "part"}`;
  return (
    <Button
      icon="one"
      title={`Keep the most typical one of each ${which} (1)`}
      testid="nbc-one-each"
      onClick={() => controller.keepOneEach()}
    >
      One each
    </Button>
  );
}

function commandsOf(controller: ClustersController): Commands {
  const { state } = controller;
  const inside = state.inside.peek();
  const onFocused = (action: (card: Card) => void) => () => {
    const card = controller.cards.peek().find(({ name }) => name === state.focused.peek());
    if (card) action(card);
  };
  // Parts have no name of their own yet: they can be kept, and no more.
  const onCluster = (action: (name: string) => void) =>
    onFocused(({ name, members }) => {
      if (!members) action(name);
    });
  return {
    "[": () => (inside === null ? controller.step(-1) : controller.setParts(state.parts.peek() - 1)),
    "]": () => (inside === null ? controller.step(1) : controller.setParts(state.parts.peek() + 1)),
    m: () => {
      if (inside === null) controller.merge();
    },
    o: onCluster((name) => controller.open(name)),
    s:
      inside === null
        ? onCluster((name) => controller.split(name))
        : () => controller.split(inside, state.parts.peek()),
    r: onCluster((name) => {
      state.renaming.value = name;
    }),
    k: onFocused((card) => controller.toggleKeep(card)),
    "1": () => controller.keepOneEach(),
    l: () => controller.labelling.start(),
    "shift+l": () => controller.labelling.start(),
    Escape: () => {
      if (state.inside.peek() !== null) controller.open(null);
      else state.ticked.value = new Set();
    },
  };
}
