/**
 * The opener: a widget without a view that puts a button into static results and, when it is pressed, asks the kernel
 * for the view of that result and shows it in the result's place. Results that another kernel made are left alone, and
 * where no kernel answers (GitHub, nbconvert, a saved page) no button is there.
 */
import type { WidgetModel } from "../lib/wire/view.ts";
import { Result } from "./result.ts";
import { type Answer, isAnswer, isHere, type Manager } from "./wire.ts";

/** So long may a kernel be silent before the button says what may be wrong; the answer counts when it comes, too. */
export const PATIENCE_MS = 8000;

export default {
  initialize({ model, signal }: { model: WidgetModel; signal?: AbortSignal }): () => void {
    const opener = new Opener(model, document);
    signal?.addEventListener("abort", () => opener.stop(), { once: true });
    return () => opener.stop();
  },
};

export class Opener {
  private readonly waiting = new Map<string, Result>();
  private readonly observer: MutationObserver;
  private readonly marks: string;
  private scheduled = false;
  private clicks = 0;
  private readonly page = `${Math.random()}`; // a kernel may be shown by several pages, and each hears all answers

  constructor(
    private readonly model: WidgetModel,
    private readonly root: Document,
  ) {
    this.marks = `[data-nbc-open^=${JSON.stringify(String(model.get("prefix")))}]:not([data-nbc-ready])`;
    this.observer = new MutationObserver(() => this.schedule());
    model.on("msg:custom", this.receive);
    this.send({ type: "hello" });
  }

  /** A kernel answers: a page that was saved with its widgets has none, and shows no button. */
  private start(): void {
    this.observer.observe(this.root.body, { childList: true, subtree: true });
    this.find();
  }

  stop(): void {
    this.observer.disconnect();
    this.model.off("msg:custom", this.receive);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setTimeout(() => {
      this.scheduled = false;
      this.find();
    }, 50);
  }

  private find(): void {
    for (const mark of this.root.querySelectorAll<HTMLElement>(this.marks)) {
      mark.dataset.nbcReady = "";
      const result = new Result(
        mark,
        () => this.open(result),
        (view) => this.close(view),
      );
    }
  }

  private open(result: Result): void {
    const click = `${this.page}-${this.clicks++}`;
    this.waiting.set(click, result);
    result.wait();
    if (!this.send({ type: "open", click, name: result.name })) {
      result.fail("The kernel was restarted: run the cell again.");
      return;
    }
    setTimeout(() => {
      if (this.waiting.has(click))
        result.say("Waiting for the kernel. If it was restarted, run the cell again.");
    }, PATIENCE_MS);
  }

  private close(view: string): void {
    this.send({ type: "close", view });
  }

  private send(message: object): boolean {
    try {
      this.model.send(message);
      return true;
    } catch {
      return false; // the connection is closed for good
    }
  }

  private readonly receive = (content: unknown): void => {
    if (isHere(content)) this.start();
    else if (isAnswer(content)) void this.answer(content);
  };

  private async answer(answer: Answer): Promise<void> {
    const result = this.waiting.get(answer.click);
    if (!result) return; // another page asked
    this.waiting.delete(answer.click);
    if (answer.type === "error") result.fail(answer.message);
    else await result.show(this.model.widget_manager as Manager, answer.view);
  }
}
