import { DrawnMenu } from "../lib/pictures/drawn-menu.tsx";
import { Button } from "../lib/ui/button.tsx";
import { Icon } from "../lib/ui/icons.tsx";
import type { GridController } from "./controller.ts";
import { THUMBNAIL_SIZES } from "./state.ts";

/** How the grid looks: boxes, and the size of the tiles. */
export function ViewOptions({ controller }: { controller: GridController }) {
  const { state } = controller;
  const { thumbnailSize, boxes } = state;
  return (
    <>
      {(controller.hasObjects ||
        state.predictions.value !== null ||
        controller.keptPredictions.length > 0) && (
        <Button
          icon="rectangle"
          title="Draw boxes (B)"
          testid="nbc-draw-boxes"
          pressed={boxes.value}
          onClick={() => {
            boxes.value = !boxes.value;
          }}
        />
      )}
      {controller.draws && (
        <DrawnMenu
          source={controller.store}
          predictions={state.predictions.value}
          kept={controller.keptPredictions}
          onPredictions={(name) => {
            state.predictions.value = name;
          }}
        />
      )}
      <label class="size" title="Thumbnail size (+ and −)">
        <Icon name="small" />
        <input
          type="range"
          aria-label="Thumbnail size"
          data-testid="nbc-size"
          min={THUMBNAIL_SIZES.min}
          max={THUMBNAIL_SIZES.max}
          step={THUMBNAIL_SIZES.step}
          value={thumbnailSize.value}
          onInput={(event) => {
            thumbnailSize.value = event.currentTarget.valueAsNumber;
          }}
        />
        <Icon name="large" />
      </label>
    </>
  );
}
