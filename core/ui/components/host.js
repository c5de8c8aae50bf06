/**
 * Takes a component without a picture out of the page's rhythm, so that it leaves no gap.
 * @param {ShadowRoot} root
 */
export function hideHost(root) {
  const box = root.host?.closest('[data-testid="stElementContainer"]');
  if (box instanceof HTMLElement) box.style.display = "none";
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
    return () => {
      instance.close();
      instances.delete(parentElement);
    };
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
