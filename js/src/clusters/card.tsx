import { useEffect, useRef } from "preact/hooks";
import { Picture } from "../lib/pictures/shown-pictures.tsx";
import { Button } from "../lib/ui/button.tsx";
import { Icon } from "../lib/ui/icons.tsx";
import type { Card } from "./cards.ts";
import type { ClustersController } from "./controller.ts";

interface CardProps {
  card: Card;
  controller: ClustersController;
}

/** A cluster, or a part of the one that is opened: its most typical pictures, name, size and purity, and what can be done with it. */
export function ClusterCard({ card, controller, place }: CardProps & { place: Record<string, string> }) {
  const { state } = controller;
  const { name, size, pictures } = card;
  const isPart = card.members !== null;
  const kept = controller.kept.value.get(name) ?? 0;
  const ticked = state.ticked.value.has(name);
  return (
    <li
      class="card"
      style={place}
      data-testid="nbc-cluster"
      data-value={name}
      data-ticked={ticked}
      data-filtered={controller.isFiltered(name)}
      onFocusIn={() => {
        state.focused.value = name;
      }}
    >
      <Mosaic card={card} controller={controller} />
      <div class="card-head">
        <input
          type="checkbox"
          checked={ticked}
          aria-label={`Tick ${name}`}
          title={isPart ? "Tick, to keep one of it" : "Tick, to merge it or keep one of it"}
          data-testid="nbc-tick"
          onChange={() => controller.tick(name)}
        />
        <Name card={card} controller={controller} />
      </div>
      <div class="card-facts">
        <span>
          {size.toLocaleString("en")} {size === 1 ? "item" : "items"}
          {kept > 0 && <b data-testid="nbc-cluster-kept"> · {kept.toLocaleString("en")} kept</b>}
        </span>
        <Purity card={card} />
      </div>
      <div class="card-actions">
        <Button
          icon={kept >= size ? "check" : "plus"}
          title={kept >= size ? `Keep none of ${name}` : `Keep all of ${name} (K)`}
          testid="nbc-keep-cluster"
          pressed={kept >= size}
          onClick={() => controller.toggleKeep(card)}
        />
        {!isPart && (
          <>
            <Button
              icon="split"
              title={`Split ${name} in two (S)`}
              testid="nbc-split"
              disabled={pictures.length < 2}
              onClick={() => controller.split(name)}
            />
            <Button
              icon="pen"
              title={`Rename ${name} (R)`}
              testid="nbc-rename"
              onClick={() => {
                state.renaming.value = name;
              }}
            />
          </>
        )}
      </div>
    </li>
  );
}

function Mosaic({ card: { name, pictures, size, members }, controller }: CardProps) {
  const tiles = pictures.map((key) => (
    <Picture key={key} pictures={controller.pictures} itemKey={key} named />
  ));
  if (members || pictures.length < 2)
    return <div class={`mosaic of-${Math.min(pictures.length, 9)}`}>{tiles}</div>;
  return (
    <button
      type="button"
      class={`mosaic of-${Math.min(pictures.length, 9)}`}
      title={`Look into ${name} (O)`}
      aria-label={`Look into ${name}, ${size.toLocaleString("en")} items`}
      data-testid="nbc-open"
      onClick={() => controller.open(name)}
    >
      {tiles}
      <span class="mosaic-hint">
        <Icon name="enter" /> Look into
      </span>
    </button>
  );
}

function Name({ card: { name, members }, controller }: CardProps) {
  const { state } = controller;
  const field = useRef<HTMLInputElement>(null);
  const renaming = state.renaming.value === name;
  useEffect(() => {
    if (!renaming) return;
    field.current?.focus();
    field.current?.select();
  }, [renaming]);
  if (members) return <b class="card-name">{name}</b>;
  if (renaming) {
    return (
      <input
        ref={field}
        class="card-name"
        value={name}
        maxLength={120}
        aria-label={`New name of ${name}`}
        data-testid="nbc-new-name"
        onKeyDown={(event) => {
          if (event.key === "Enter") controller.rename(name, event.currentTarget.value);
          if (event.key === "Escape") state.renaming.value = null;
        }}
        onBlur={({ currentTarget }) => {
          if (state.renaming.peek() === name) controller.rename(name, currentTarget.value);
        }}
      />
    );
  }
  return (
    <button
      type="button"
      class="card-name"
      aria-pressed={controller.isFiltered(name)}
      title={`${name}\nClick: filter all views to it. Ctrl+click: add it to the filter`}
      data-testid="nbc-cluster-name"
      onClick={(event) => controller.toggleFilter(name, event.ctrlKey || event.metaKey || event.shiftKey)}
    >
      {name}
    </button>
  );
}

function Purity({ card: { purity, label } }: { card: Card }) {
  if (purity === null) return <span class="purity">no labels</span>;
  const share = `${Math.round(purity * 100)} %`;
  return (
    <span class="purity" title={`Purity: ${share} of the labelled are ${label ?? "of one class"}`}>
      <i style={{ "--share": purity }} />
      {share}
    </span>
  );
}
