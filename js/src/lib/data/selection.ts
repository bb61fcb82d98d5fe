import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { RequestError } from "../wire/rpc.ts";
import { Marks, type SelectOp } from "./marks.ts";
import type { SelectionState } from "./selection-state.ts";

/** A change the kernel has not confirmed yet. */
interface Change {
  id: string;
  op: SelectOp;
  keys: Uint32Array<ArrayBuffer>;
  /** The revision that has this change in it, once the kernel said so. */
  revision: number;
}

/** Sends one change to the kernel and says by which id it will be acknowledged. */
export type SendChange = (
  op: SelectOp,
  keys: Uint32Array<ArrayBuffer>,
) => { id: string; revision: Promise<number> };

/**
 * The selection of a data set, shared by all its views in this page.
 *
 * The kernel's newest state is the truth. A change made here is laid on top of it at once and remembered until the
 * kernel has answered; what is shown is always "newest state + unanswered changes". Nothing is ever merged by hand, so
 * whatever the order of messages, both sides end in the same state.
 */
export class Selection {
  readonly #state = signal<SelectionState>({
    revision: -1,
    marks: Marks.none,
    canUndo: false,
    canRedo: false,
  });
  readonly #changes = signal<readonly Change[]>([]);
  readonly #send: SendChange;

  readonly marks: ReadonlySignal<Marks> = computed(() =>
    this.#changes.value.reduce((marks, { op, keys }) => marks.apply(op, keys), this.#state.value.marks),
  );
  readonly canUndo = computed(() => this.#state.value.canUndo || this.#changes.value.length > 0);
  readonly canRedo = computed(() => this.#state.value.canRedo && this.#changes.value.length === 0);

  /** Called when the kernel refuses a change, after it has been taken back. */
  onRefused: (error: RequestError) => void = () => {};

  constructor(send: SendChange) {
    this.#send = send;
  }

  get revision(): number {
    return this.#state.value.revision;
  }

  get unanswered(): number {
    return this.#changes.value.length;
  }

  change(op: SelectOp, keys: Iterable<number>): void {
    // Of a typed array the copy is a block; going through it one by one takes ten times as long.
    const list = keys instanceof Uint32Array ? new Uint32Array(keys) : Uint32Array.from(keys);
    const { id, revision } = this.#send(op, list);
    this.#changes.value = [
      ...this.#changes.value,
      { id, op, keys: list, revision: Number.POSITIVE_INFINITY },
    ];
    revision.then(
      (number) => this.#answered(id, number),
      (error: RequestError) => {
        this.#drop((change) => change.id === id);
        this.onRefused(error);
      },
    );
  }

  /** Takes a state from the kernel; an older one than we have only confirms what it acknowledges. */
  accept(state: SelectionState, ack: string | null = null): void {
    if (state.revision >= this.revision) this.#state.value = state;
    // `ack` names the change; a revision we were told is as good, should that event have been lost.
    this.#drop((change) => change.id === ack || change.revision <= this.revision);
  }

  #answered(id: string, revision: number): void {
    const change = this.#changes.value.find((change) => change.id === id);
    if (!change) return;
    // A change that changed nothing brings no event, so its answer is all we get.
    change.revision = revision;
    this.#drop((change) => change.revision <= this.revision);
  }

  #drop(done: (change: Change) => boolean): void {
    const left = this.#changes.value.filter((change) => !done(change));
    if (left.length < this.#changes.value.length) this.#changes.value = left;
  }
}
