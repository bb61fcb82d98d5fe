import type { ReadonlySignal } from "@preact/signals";
import { Points } from "./points.ts";
import type { MapSheet } from "./sheet.ts";

/** Points on one sheet or more, and looking around on them. */
export abstract class PointsController extends Points {
  /** The sheets that the points lie on: one, or two beside each other. */
  abstract readonly sheets: ReadonlySignal<MapSheet[]>;

  /** The sheet that the pointer or the focus was on last: keys move it, and it says what the item under the pointer is. */
  get active(): MapSheet {
    const sheets = this.sheets.value;
    return sheets[this.activeSheet.value] ?? sheets[0];
  }

  // Looking around, on all sheets at once

  zoomBy(factor: number): void {
    for (const sheet of this.sheets.peek()) sheet.zoomBy(factor);
  }

  showAll(): void {
    for (const sheet of this.sheets.peek()) sheet.showAll();
  }

  /** Whether a part of a sheet is shown. */
  get zoomed(): boolean {
    return this.sheets.value.some((sheet) => sheet.frame.value !== null);
  }
}
