import type { ConfusionController } from "./controller.ts";
import { largestErrors, type Matrix } from "./matrix.ts";
import { cellWords } from "./words.ts";

const MOST = 40;

/** The cells with the most errors, one below the other: found without looking through the matrix. */
export function LargestErrors({ controller, matrix }: { controller: ConfusionController; matrix: Matrix }) {
  const found = largestErrors(matrix, MOST);
  const most = found[0]?.count ?? 1;
  return (
    <aside class="largest" aria-label="Most confused">
      <b>Most confused</b>
      {!found.length && <p class="quiet">No errors among what is shown.</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari forgets the role of a list without bullets */}
      <ul role="list" data-scrolls={found.length}>
        {found.map(({ row, column, count }) => {
          const kept = matrix.kept[row * matrix.size + column];
          return (
            <li key={`${row}-${column}`}>
              <button
                type="button"
                title={cellWords(controller, matrix, { row, column })}
                aria-pressed={kept === count}
                data-testid="nbc-error"
                onClick={(event) => {
                  controller.state.current.value = { row, column };
                  controller.act({ row, column }, event.ctrlKey || event.metaKey || event.shiftKey);
                }}
                onPointerEnter={() => {
                  controller.pointed.value = { row, column };
                }}
                onPointerLeave={() => {
                  controller.pointed.value = null;
                }}
              >
                <i style={{ width: `${(100 * count) / most}%` }} />
                <span>
                  {controller.nameAt(row)} → {controller.nameAt(column)}
                </span>
                <small>{count.toLocaleString("en")}</small>
              </button>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
