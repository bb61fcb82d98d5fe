import { useSignal } from "@preact/signals";
import { numberText } from "../lib/data/columns.ts";
import { Picture } from "../lib/pictures/shown-pictures.tsx";
import { Button } from "../lib/ui/button.tsx";
import type { FindingsController } from "./controller.ts";
import { DECISIONS, labelText, typedLabels } from "./finding.ts";

/** The item under review: large, beside the one it was found for, with the reason and what can be decided. */
export function Case({ controller }: { controller: FindingsController }) {
  const { items, pictures } = controller;
  const now = controller.itemsNow;
  const { key, partner, position } = controller;
  if (items.value.status === "failed") return <div class="message">{items.value.reason}</div>;
  if (!now) return <div class="message loading">Loading…</div>;
  if (key === null) return <div class="message">Nothing was found</div>;
  const decision = DECISIONS[now.decisions[position]];
  return (
    <div class="case" data-testid="nbc-case" data-decision={decision}>
      <div class={`pictures ${partner === null ? "" : "pair"}`}>
        <figure>
          <Enlarge itemKey={key} controller={controller} />
          <figcaption>
            {decision !== "undecided" && <em class={`badge ${decision}`}>{decision}</em>}
            <b data-testid="nbc-case-id">{pictures.get(key)?.id ?? "…"}</b>
          </figcaption>
        </figure>
        {partner !== null && (
          <figure data-testid="nbc-partner">
            <Enlarge itemKey={partner} controller={controller} />
            <figcaption>
              <em class="badge stays">stays</em>
              <b>{pictures.get(partner)?.id ?? "…"}</b>
            </figcaption>
          </figure>
        )}
      </div>
      <Reason controller={controller} />
      <Verdict controller={controller} />
    </div>
  );
}

/** A picture that a click shows large. */
function Enlarge({ itemKey, controller }: { itemKey: number; controller: FindingsController }) {
  const { pictures } = controller;
  return (
    <button
      type="button"
      class="enlarge"
      aria-label={`Show ${pictures.get(itemKey)?.id ?? "it"} large`}
      data-testid="nbc-enlarge"
      onClick={() => controller.enlarge()}
    >
      <Picture key={itemKey} pictures={pictures} itemKey={itemKey} named />
    </button>
  );
}

/** How much the finding is sure of the item under review, and why it was found. */
export function Reason({ controller }: { controller: FindingsController }) {
  const { position, facts } = controller;
  const score = controller.itemsNow?.scores[position] ?? 0;
  return (
    <p class="reason" data-testid="nbc-reason">
      <span class="score" title={facts.value?.scoreMeaning}>
        {numberText(Math.round(score * 1000) / 1000)}
      </span>
      {controller.reasonAt(position)?.reason ?? "…"}
    </p>
  );
}

/** What can be decided. */
function Verdict({ controller }: { controller: FindingsController }) {
  const { position, facts } = controller;
  const labels = controller.labels.value[facts.value?.labelColumn ?? ""] ?? [];
  const several = facts.value?.several ?? false;
  const now = controller.itemsNow;
  const other = useSignal("");
  const reason = controller.reasonAt(position);
  const decision = DECISIONS[now?.decisions[position] ?? 0];
  const relabel = () => {
    const text = other.peek().trim();
    if (!text) return;
    other.value = "";
    controller.decide("relabel", several ? typedLabels(text, labels) : text);
  };
  return (
    <div class="verdict" role="toolbar" aria-label="Decide">
      <Button
        icon="check"
        title="Keep (K)"
        class="outlined"
        testid="nbc-keep"
        pressed={decision === "kept"}
        onClick={() => controller.decide("keep")}
      >
        Keep
      </Button>
      <Button
        icon="reject"
        title="Reject (X)"
        class="outlined"
        testid="nbc-reject"
        pressed={decision === "rejected"}
        onClick={() => controller.decide("reject")}
      >
        Reject
      </Button>
      {reason?.suggested != null && (
        <Button
          icon="pen"
          title={`Label it ${labelText(reason.suggested)} (L)`}
          class="outlined"
          testid="nbc-relabel"
          pressed={decision === "relabelled"}
          onClick={() => controller.decide("relabel")}
        >
          {`${labelText(reason.given)} → ${labelText(reason.suggested)}`}
        </Button>
      )}
      <input
        type="text"
        ref={controller.labelField}
        class={several ? "label-field several" : "label-field"}
        list="nbc-labels"
        value={other.value}
        maxLength={200}
        placeholder={reason?.given?.length ? `Label: ${labelText(reason.given)}` : "Another label"}
        aria-label={several ? "Other labels" : "Another label"}
        title={
          several
            ? "Type all its labels, with commas between, and press Enter (E)"
            : "Type another label and press Enter (E)"
        }
        data-testid="nbc-label"
        onFocus={() => {
          // A list is changed more often than written anew.
          if (several && !other.peek() && reason?.given?.length) other.value = labelText(reason.given);
        }}
        onBlur={() => {
          if (several && reason?.given && other.peek() === labelText(reason.given)) other.value = "";
        }}
        onInput={({ currentTarget }) => {
          other.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          relabel();
          event.currentTarget.closest("section")?.focus();
        }}
      />
      <datalist id="nbc-labels">
        {labels.map((label) => (
          <option key={label} value={label} />
        ))}
      </datalist>
      <div class="group end">
        {(now?.groups[position] ?? -1) >= 0 && (
          <Button
            title="Reject all of this group that are undecided (shift+X)"
            testid="nbc-reject-group"
            onClick={() => controller.decideGroup("reject")}
          >
            Reject group
          </Button>
        )}
        <Button
          title="Reject everything that is undecided"
          testid="nbc-reject-rest"
          onClick={() => controller.decideRest("reject")}
        >
          Reject the rest
        </Button>
        <Button icon="back" title="Before (Left)" testid="nbc-before" onClick={() => controller.step(-1)} />
        <span class="place" data-testid="nbc-place">
          {(position + 1).toLocaleString("en")} / {(now?.keys.length ?? 0).toLocaleString("en")}
        </span>
        <Button icon="forward" title="Next (Right)" testid="nbc-next" onClick={() => controller.step(1)} />
      </div>
    </div>
  );
}
