import { type Filter, titleOf } from "../data/filter.ts";
import { Icon } from "./icons.tsx";

/**
 * What is filtered by, each to be taken away with a click. Stands in the status line: a row of its own that comes with
 * the first filter would move what was just clicked.
 */
export function FilterChips({ filter }: { filter: Filter }) {
  const predicates = [...filter.predicates.value];
  if (!predicates.length) return null;
  return (
    <div class="chips" role="group" aria-label="Filters" data-testid="nbc-chips">
      <Icon name="filter" />
      {predicates.map(([name, predicate]) => {
        const title = titleOf(predicate);
        return (
          <button
            key={name}
            type="button"
            class="chip"
            title={`${title}\nRemove this filter`}
            aria-label={`Remove the filter ${title}`}
            data-testid="nbc-chip"
            onClick={() => filter.set(name, null)}
          >
            <span>{title}</span>
            <Icon name="close" />
          </button>
        );
      })}
      {predicates.length > 1 && (
        <button type="button" class="link" onClick={() => filter.clear()}>
          Clear all
        </button>
      )}
    </div>
  );
}
