import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ClusterCard } from "./card.tsx";
import type { ClustersController } from "./controller.ts";

const WIDTH = 158;
const HEIGHT = 270;
const GAP = 12;

/** The cards that are in the window; a few thousand scroll as a dozen do. */
export function CardGrid({ controller }: { controller: ClustersController }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const size = useSignal({ width: 700, height: 400 });
  const cards = controller.cards.value;
  useEffect(() => {
    const element = box.current as HTMLElement;
    const measured = new ResizeObserver(() => {
      if (element.clientHeight) size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    measured.observe(element);
    return () => measured.disconnect();
  }, [size]);
  const columns = Math.max(1, Math.floor((size.value.width - GAP) / (WIDTH + GAP)));
  const row = HEIGHT + GAP;
  const first = Math.max(Math.floor(top.value / row) - 1, 0) * columns;
  const shown = cards.slice(first, first + (Math.ceil(size.value.height / row) + 3) * columns);
  useEffect(() => {
    controller.pictures.want(shown.flatMap(({ pictures }) => pictures));
  }, [controller, shown]);
  const width = (size.value.width - GAP * (columns + 1)) / columns;
  return (
    <div
      class="cards"
      ref={box}
      data-scrolls={cards.length}
      data-testid="nbc-clusters"
      onScroll={({ currentTarget }) => {
        top.value = currentTarget.scrollTop;
      }}
    >
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari forgets the role of a list without bullets */}
      <ul role="list" style={{ height: `${Math.ceil(cards.length / columns) * row + GAP}px` }}>
        {shown.map((card, at) => (
          <ClusterCard
            key={card.name}
            card={card}
            controller={controller}
            place={{
              width: `${width}px`,
              height: `${HEIGHT}px`,
              left: `${GAP + ((first + at) % columns) * (width + GAP)}px`,
              top: `${GAP + Math.floor((first + at) / columns) * row}px`,
            }}
          />
        ))}
      </ul>
    </div>
  );
}
