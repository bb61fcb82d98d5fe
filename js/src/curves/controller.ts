import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { LOADING, type Loadable, messageOf } from "../lib/wire/loadable.ts";
import { bestScore, type Curve, type CurvePoint, parseCurves } from "./curves.ts";
import type { CurvesState } from "./state.ts";

/** Of more classes only the one that is looked at is drawn: a thicket of curves tells nothing. */
const MOST_DRAWN = 40;

/** The curves of predictions, the class that is looked at, and the score from which on predictions count. */
export class CurvesController {
  readonly notices = new Notices();
  readonly filter: ViewFilter;
  readonly curves: ReadonlySignal<Loadable<Curve[]>>;
  /** The curve of the class that is looked at, or of all. */
  readonly focused: ReadonlySignal<Curve | null>;
  /** The curves that are drawn, the one that is looked at last, on top. */
  readonly drawn: ReadonlySignal<Curve[]>;
  /** The point under the pointer. */
  readonly pointed = signal<CurvePoint | null>(null);
  readonly #curves: Signal<Loadable<Curve[]>> = signal(LOADING);
  readonly #stop: () => void;
  #version = 0;

  constructor(
    readonly store: SessionStore,
    view: number,
    readonly state: CurvesState,
  ) {
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    this.curves = this.#curves;
    this.focused = computed(() => {
      const curves = this.#now;
      const name = state.of.value || null;
      return curves.find((curve) => curve.name === name) ?? curves[0] ?? null;
    });
    this.drawn = computed(() => {
      const focused = this.focused.value;
      const others = this.#now.slice(0, MOST_DRAWN + 1).filter((curve) => curve !== focused);
      return focused ? [...others, focused] : others;
    });
    this.#stop = effect(() => {
      store.objects.changed.value;
      const name = state.predictions.value;
      untracked(() => void this.#load(name));
    });
  }

  stop(): void {
    this.#stop();
    this.#version++;
  }

  get #now(): Curve[] {
    return this.#curves.value.status === "ready" ? this.#curves.value.value : [];
  }

  get score(): number {
    return this.store.objects.filter.of(this.state.predictions.value).score;
  }

  /** Draws and counts predictions from this score on, in all views of them. */
  setScore(score: number): void {
    const within = Math.min(Math.max(score, 0), 1);
    this.store.objects.filter.choose(this.state.predictions.peek(), { score: within });
  }

  setBest(): void {
    const curve = this.focused.peek();
    if (curve) this.setScore(bestScore(curve));
  }

  /** Looks at a class, or, if it is looked at already, at all of them. */
  look(name: string | null): void {
    const { of } = this.state;
    of.value = of.peek() === (name ?? "") ? "" : (name ?? "");
  }

  /** Looks at the class before or after. */
  step(by: -1 | 1): void {
    const curves = this.#now;
    const focused = this.focused.peek();
    const at = focused ? curves.indexOf(focused) + by : 0;
    if (at >= 0 && at < curves.length) this.state.of.value = curves[at].name ?? "";
  }

  async #load(name: string): Promise<void> {
    const version = ++this.#version;
    if (!name) return;
    try {
      const answer = await this.store.rpc.request("curves", { predictions: name }, { timeout: 0 }).answer;
      if (version === this.#version) this.#curves.value = { status: "ready", value: parseCurves(answer) };
    } catch (error) {
      if (version === this.#version) this.#curves.value = { status: "failed", reason: messageOf(error) };
    }
  }
}
