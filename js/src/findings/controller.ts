import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { joinSlices } from "../lib/data/columns.ts";
import { ShownPictures } from "../lib/pictures/shown-pictures.tsx";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { LOADING, type Loadable, messageOf } from "../lib/wire/loadable.ts";
import {
  countDecided,
  type Decision,
  decided,
  type FindingFacts,
  type FindingItems,
  firstDifference,
  keysOf,
  type Label,
  nextUndecided,
  parseFindings,
  parseItems,
  parseLabels,
  parseReasons,
  type Reason,
  undecidedOfGroup,
} from "./finding.ts";
import type { FindingsState } from "./state.ts";

/** Reasons a page: sentences are made when they are asked for, so never all of a million. */
const PAGE = 64;
/** Pictures that are fetched before one gets to them. */
const AHEAD = 8;

/** The findings, the one that is looked at, and what a person decides about its items. */
export class FindingsController {
  readonly filter: ViewFilter;
  readonly pictures: ShownPictures;
  readonly small: ShownPictures;
  readonly notices = new Notices();
  /** Where a label is typed. */
  readonly labelField: { current: HTMLInputElement | null } = { current: null };
  readonly findings = signal<Loadable<FindingFacts[]>>(LOADING);
  readonly items = signal<Loadable<FindingItems>>(LOADING);
  /** Labels that there are in each column, to choose from. */
  readonly labels = signal<Readonly<Record<string, string[]>>>({});
  readonly facts: ReadonlySignal<FindingFacts | null>;
  readonly #reasons = signal<ReadonlyMap<number, Reason[]>>(new Map());
  readonly #asking = new Set<number>();
  readonly #stops: (() => void)[];
  #reloading = false;
  #again = false;
  /** How many decisions were sent: an answer to what was asked before the last of them is out of date. */
  #sent = 0;

  constructor(
    readonly store: SessionStore,
    readonly view: number,
    readonly state: FindingsState,
  ) {
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    this.pictures = new ShownPictures(store, 384);
    this.small = new ShownPictures(store);
    this.facts = computed(() => {
      const { value } = this.findings;
      return value.status === "ready"
        ? (value.value.find(({ name }) => name === state.finding.value) ?? null)
        : null;
    });
    let shown: string | null = null;
    let known: number | null = null;
    this.#stops = [
      effect(() => {
        const { value } = store.dataset;
        const count = value.status === "ready" ? value.value.count : null;
        if (known !== null && count !== null && count !== known) void this.#reload();
        known = count ?? known;
      }),
      store.onColumns((names) => this.#columnsChanged(names)),
      effect(() => {
        const name = this.facts.value?.name ?? null;
        if (name === shown || name === null) return;
        shown = name;
        void this.#loadItems(name);
      }),
      effect(() => this.#lookAhead()),
    ];
    void this.#loadFindings();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.pictures.stop();
    this.small.stop();
  }

  /** The items of the finding that is shown, or null while they are on their way. */
  get itemsNow(): FindingItems | null {
    const items = this.items.value;
    return items.status === "ready" && items.value.name === this.state.finding.value ? items.value : null;
  }

  /** Which item is shown; a position that was set from outside may lie beyond the end. */
  get position(): number {
    return Math.min(this.state.position.value, Math.max((this.itemsNow?.keys.length ?? 1) - 1, 0));
  }

  get key(): number | null {
    return this.itemsNow?.keys[this.position] ?? null;
  }

  /** The item that the one under review was found for, or null. */
  get partner(): number | null {
    const partner = this.itemsNow?.partners[this.position] ?? -1;
    return partner >= 0 ? partner : null;
  }

  reasonAt(position: number): Reason | null {
    return this.#reasons.value.get(Math.floor(position / PAGE))?.[position % PAGE] ?? null;
  }

  show(name: string): void {
    if (name === this.state.finding.peek()) return;
    batch(() => {
      this.state.finding.value = name;
      this.state.position.value = 0;
    });
  }

  goTo(position: number): void {
    const last = (this.itemsNow?.keys.length ?? 1) - 1;
    this.state.position.value = Math.max(0, Math.min(position, last));
  }

  step(by: number): void {
    this.goTo(this.position + by);
  }

  stepFinding(by: -1 | 1): void {
    const { value } = this.findings;
    if (value.status !== "ready") return;
    const at = value.value.findIndex(({ name }) => name === this.state.finding.peek()) + by;
    if (value.value[at]) this.show(value.value[at].name);
  }

  /** Shows the item under review large. */
  enlarge(): void {
    this.state.preview.open.value = this.key !== null;
  }

  // Deciding

  /** Decides about the item that is shown, and goes on to the next that is not decided. */
  decide(decision: Decision, label: Label | null = null): void {
    if (this.key === null) return;
    if (decision === "relabel" && label === null && this.reasonAt(this.position)?.suggested == null) {
      this.notices.say("No label is suggested for this one: choose one");
      return;
    }
    this.#decide([this.position], decision, label);
  }

  /** Decides about every item of this group that is not yet. */
  decideGroup(decision: "keep" | "reject"): void {
    const items = this.itemsNow;
    if (items) this.#decide(undecidedOfGroup(items, this.position), decision);
  }

  /** Decides about every item that is not decided yet. */
  decideRest(decision: "keep" | "reject"): void {
    const items = this.itemsNow;
    if (!items) return;
    const rest = Array.from(items.decisions.keys()).filter((at) => items.decisions[at] === 0);
    this.#decide(rest, decision);
    if (rest.length)
      this.notices.say(`${rest.length.toLocaleString("en")} ${decision === "keep" ? "kept" : "rejected"}`);
  }

  #decide(positions: number[], decision: Decision, label: Label | null = null): void {
    const items = this.itemsNow;
    if (!items || !positions.length) return;
    const before = items.decisions;
    const after = decided(before, positions, decision);
    const keys = Uint32Array.from(positions, (at) => items.keys[at]);
    this.#sent++;
    batch(() => {
      this.#setDecisions(after);
      const next = decision === "clear" ? -1 : nextUndecided(after, positions[positions.length - 1]);
      if (next >= 0) this.state.position.value = next;
      else if (decision !== "clear") this.notices.say("All are decided");
    });
    const params = { view: this.view, finding: items.name, decision, label };
    const request = () =>
      this.store.rpc.request("decide", params, { buffers: [keys.buffer], timeout: 0 }).answer;
    void this.notices.attempt(request).then((done) => {
      if (!done && this.itemsNow?.name === items.name) this.#setDecisions(before);
    });
  }

  #setDecisions(decisions: Int32Array): void {
    const items = this.itemsNow;
    const { value } = this.findings;
    if (!items || value.status !== "ready") return;
    const count = countDecided(decisions);
    batch(() => {
      this.items.value = { status: "ready", value: { ...items, decisions } };
      this.findings.value = {
        status: "ready",
        value: value.value.map((one) => (one.name === items.name ? { ...one, decided: count } : one)),
      };
    });
  }

  /** Items came or went: a finding holds those of its items that are there. */
  async #reload(): Promise<void> {
    await this.#loadFindings();
    const name = this.facts.peek()?.name;
    if (name !== undefined) await this.#loadItems(name);
  }

  async #loadFindings(): Promise<void> {
    try {
      const { results } = await this.store.rpc.request("findings", { view: this.view }, { timeout: 0 })
        .answer;
      const findings = parseFindings(results[0]);
      batch(() => {
        this.labels.value = parseLabels(results[0]);
        this.findings.value = { status: "ready", value: findings };
        if (!findings.some(({ name }) => name === this.state.finding.peek()) && findings.length) {
          this.state.finding.value = findings[0].name;
        }
      });
    } catch (error) {
      this.findings.value = { status: "failed", reason: messageOf(error) };
    }
  }

  async #loadItems(name: string): Promise<void> {
    this.#reasons.value = new Map();
    this.#asking.clear();
    try {
      const names = ["key", "score", "group", "decision", "partner"];
      const params = { view: this.view, finding: name, names };
      const answer = await this.store.rpc.request("finding", params, { timeout: 0 }).answer;
      if (name === this.state.finding.peek())
        this.items.value = { status: "ready", value: parseItems(name, answer) };
    } catch (error) {
      this.items.value = { status: "failed", reason: messageOf(error) };
    }
  }

  /** Asks for the reasons and pictures of what is shown and of what comes next. */
  #lookAhead(): void {
    const items = this.itemsNow;
    if (!items?.keys.length) return;
    const at = this.position;
    this.pictures.want(keysOf(items, at, at + 1), keysOf(items, at + 1, at + AHEAD));
    this.small.want(Array.from(items.keys.subarray(Math.max(at - 12, 0), at + 24)));
    const page = Math.floor(at / PAGE);
    void this.#loadReasons(items.name, page);
    if ((page + 1) * PAGE < items.keys.length) void this.#loadReasons(items.name, page + 1);
  }

  async #loadReasons(finding: string, page: number): Promise<void> {
    if (this.#asking.has(page)) return;
    this.#asking.add(page);
    try {
      const params = { view: this.view, finding, start: page * PAGE, count: PAGE };
      const { results } = await this.store.rpc.request("reasons", params, { timeout: 0 }).answer;
      if (finding !== this.state.finding.peek()) return;
      this.#reasons.value = new Map(this.#reasons.peek()).set(page, parseReasons(results[0]));
    } catch (error) {
      this.#asking.delete(page);
      this.notices.say(messageOf(error));
    }
  }

  /** Decisions were taken back, made in another view, or labels have changed. */
  #columnsChanged(names: string[]): void {
    const facts = this.facts.peek();
    if (facts && names.includes(facts.column)) void this.#reloadDecisions(facts.name);
    if (facts && names.includes(facts.labelColumn)) {
      this.#asking.clear();
      void this.#loadReasons(facts.name, Math.floor(this.state.position.peek() / PAGE));
    }
  }

  /** One request at a time: a run of decisions asks once more when it is over. */
  async #reloadDecisions(name: string): Promise<void> {
    this.#again = this.#reloading;
    if (this.#reloading) return;
    this.#reloading = true;
    const sent = this.#sent;
    try {
      const params = { view: this.view, finding: name, names: ["decision"] };
      const answer = await this.store.rpc.request("finding", params, { timeout: 0 }).answer;
      const decisions = joinSlices(answer).get("decision")?.values as Int32Array;
      const items = this.itemsNow;
      this.#again ||= sent !== this.#sent;
      if (items?.name === name && decisions.length === items.decisions.length && !this.#again) {
        const changed = firstDifference(items.decisions, decisions);
        batch(() => {
          this.#setDecisions(decisions);
          // What was undone is what one wants to decide anew.
          if (changed >= 0) this.state.position.value = changed;
        });
      }
    } catch (error) {
      this.notices.say(messageOf(error));
    } finally {
      this.#reloading = false;
    }
    if (this.#again) void this.#reloadDecisions(name);
  }
}
