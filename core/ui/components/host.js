/**
 * Takes a component without a picture out of the page's rhythm, so that it leaves no gap.
 * @param {ShadowRoot} root
 */
export function hideHost(root) {
  const box = root.host?.closest('[data-testid="stElementContainer"]');
  if (box instanceof HTMLElement) box.style.display = "none";
}

/**
 * Changes a text only when it differs: live regions then speak once.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
