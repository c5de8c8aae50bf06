const LOCK_MS = 3000;

/** The buttons below the answer. A press locks the row until the page has moved on, so a double click is one press. */
export class ActionRow {
  /** @param {HTMLElement} row @param {(id: string) => void} onPress */
  constructor(row, onPress) {
    this.row = row;
    this.onPress = onPress;
    this.given = "";
    this.locked = false;
    this.timer = 0;
    /** @type {{id: string, label: string, kind: string, disabled: boolean, hint: string}[]} */
    this.actions = [];
    this.stop = new AbortController();
    row.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.press(button.dataset.id);
    }, { signal: this.stop.signal });
  }

  /** @param {ActionRow["actions"]} actions @param {string} place Question and phase; a new one unlocks. */
  show(actions, place) {
    const given = JSON.stringify([actions, place]);
    if (given === this.given) return;
    this.given = given;
    this.actions = actions;
    this.#unlock();
    const old = new Map([...this.row.children].map((button) => [button.dataset.id, button]));
    const buttons = actions.map((action) => {
      const button = old.get(action.id) ?? document.createElement("button");
      button.type = "button";
      button.dataset.id = action.id;
      button.className = action.kind;
      button.textContent = action.label;
      button.title = action.hint;
      if (action.kind === "primary") button.setAttribute("aria-keyshortcuts", "Control+Enter");
      return button;
    });
    // Moving a focused button would blur it, so the row is only rebuilt when its members change.
    if (buttons.some((button, at) => this.row.children[at] !== button) || old.size !== buttons.length) {
      const held = this.row.getRootNode().activeElement;
      this.row.replaceChildren(...buttons);
      if (held && this.row.contains(held)) held.focus();
    }
    this.#draw();
  }

  pressPrimary() {
    const action = this.actions.find((item) => item.kind === "primary");
    if (action) this.press(action.id);
  }

  press(id) {
    const action = this.actions.find((item) => item.id === id);
    if (!action || action.disabled || this.locked) return;
    this.locked = true;
    this.timer = setTimeout(() => { this.#unlock(); this.#draw(); }, LOCK_MS);
    this.#draw();
    this.onPress(id);
  }

  #unlock() {
    clearTimeout(this.timer);
    this.locked = false;
  }

  /** `aria-disabled` while locked keeps the focus where it is. */
  #draw() {
    this.actions.forEach((action, at) => {
      const button = this.row.children[at];
      button.disabled = action.disabled;
      button.setAttribute("aria-disabled", String(action.disabled || this.locked));
    });
  }

  close() {
    clearTimeout(this.timer);
    this.stop.abort();
  }
}
