/**
 * Takes a component without a picture out of the page's rhythm, so that it leaves no gap.
 * @param {ShadowRoot} root
 */
export function hideHost(root) {
  const box = root.host?.closest('[data-testid="stElementContainer"]');
  if (box instanceof HTMLElement) box.style.display = "none";
}

/**
 * What a component function gives back to Streamlit.
 *
 * It is called not only when the place goes: Streamlit starts a function asynchronously, and when new data come before
 * it has started, the clean-up of the overtaken call runs at once, with the component still in the page.
 * @param {ShadowRoot} root
 * @param {() => void} close
 */
export function whenGone(root, close) {
  return () => {
    if (!root.isConnected) close();
  };
}

/**
 * The component function of a class: one instance for each place in the page, closed when the place goes.
 * @param {new (root: ShadowRoot) => {outbox: Outbox, show: (data: object) => void, close: () => void}} Kind
 */
export function mounted(Kind) {
  const instances = new WeakMap();
  return ({ parentElement, data, setTriggerValue }) => {
    let instance = instances.get(parentElement);
    if (!instance) {
      instance = new Kind(parentElement);
      instances.set(parentElement, instance);
    }
    instance.outbox.connect(setTriggerValue, data.ack);
    instance.show(data);
    return whenGone(parentElement, () => {
      if (instances.get(parentElement) !== instance) return;
      instances.delete(parentElement);
      instance.close();
    });
  };
}

/**
 * Changes a text only when it differs: live regions then speak once.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
