import { useSignal } from "@preact/signals";
import { Button } from "../lib/button.tsx";
import { numberText } from "../lib/columns.ts";
import { Picture } from "../lib/shown-pictures.tsx";
import type { FindingsController } from "./controller.ts";
import { DECISIONS } from "./finding.ts";

/** The item under review: large, beside the one it was found for, with the reason and what can be decided. */
export function Case({ controller }: { controller: FindingsController }) {
  const { items, pictures, facts } = controller;
  const now = controller.itemsNow;
  const { key, position } = controller;
  if (items.value.status === "failed") return <div class="message">{items.value.reason}</div>;
  if (!now) return <div class="message loading">Loading…</div>;
  if (key === null) return <div class="message">Nothing was found</div>;
  const partner = now.partners[position];
  const reason = controller.reasonAt(position);
  const decision = DECISIONS[now.decisions[position]];
  return (
    <div class="case" data-testid="nbc-case" data-decision={decision}>
      <div class={`pictures ${partner >= 0 ? "pair" : ""}`}>
        <figure>
          <Picture key={key} pictures={pictures} itemKey={key} named />
          <figcaption>
            {decision !== "undecided" && <em class={`badge ${decision}`}>{decision}</em>}
            <b data-testid="nbc-case-id">{pictures.get(key)?.id ?? "…"}</b>
          </figcaption>
        </figure>
        {partner >= 0 && (
          <figure data-testid="nbc-partner">
            <Picture key={partner} pictures={pictures} itemKey={partner} named />
            <figcaption>
              <em class="badge stays">stays</em>
              <b>{pictures.get(partner)?.id ?? "…"}</b>
            </figcaption>
          </figure>
        )}
      </div>
      <p class="reason" data-testid="nbc-reason">
        <span class="score" title={facts.value?.scoreMeaning}>
          {numberText(Math.round(now.scores[position] * 1000) / 1000)}
        </span>
        {reason?.reason ?? "…"}
      </p>
      <Verdict controller={controller} />
    </div>
  );
}

/** What can be decided. */
function Verdict({ controller }: { controller: FindingsController }) {
  const { position, labels } = controller;
  const now = controller.itemsNow;
  const other = useSignal("");
  const reason = controller.reasonAt(position);
  const decision = DECISIONS[now?.decisions[position] ?? 0];
  const relabel = () => {
    const label = other.peek().trim();
    if (!label) return;
    other.value = "";
    controller.decide("relabel", label);
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
      {reason?.suggested && (
        <Button
          icon="pen"
          title={`Label it ${reason.suggested} (L)`}
          class="outlined"
          testid="nbc-relabel"
          pressed={decision === "relabelled"}
          onClick={() => controller.decide("relabel")}
        >
          {`${reason.given ?? "no label"} → ${reason.suggested}`}
        </Button>
      )}
      <input
        type="text"
        ref={controller.labelField}
        class="label-field"
        list="nbc-labels"
        value={other.value}
        maxLength={200}
        placeholder={reason?.given ? `Label: ${reason.given}` : "Another label"}
        aria-label="Another label"
        title="Type another label and press Enter (E)"
        data-testid="nbc-label"
        onInput={({ currentTarget }) => {
          other.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") relabel();
          if (event.key === "Escape" || event.key === "Enter") {
            event.stopPropagation();
            (
              (event.currentTarget.getRootNode() as ShadowRoot).querySelector("section") as HTMLElement
            ).focus();
          }
        }}
      />
      <datalist id="nbc-labels">
        {labels.value.map((label) => (
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
