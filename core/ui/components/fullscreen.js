const REFUSED = "interview:fullscreen_refused";

/** False on iPhones, and in frames that may not. */
export function canFillScreen() {
  return Boolean(document.fullscreenEnabled && document.documentElement.requestFullscreen);
}

/** Asks for full screen; to be called in a gesture. A refusal is told to whoever listens on the page. */
export async function fillScreen() {
  try {
    if (canFillScreen() && !document.fullscreenElement) await document.documentElement.requestFullscreen();
  } catch (error) {
    window.dispatchEvent(new CustomEvent(REFUSED, { detail: error.name }));
  }
}

/**
 * @param {(error: string) => void} hear Gets the name of the browser's error.
 * @param {AbortSignal} signal
 */
export function onRefused(hear, signal) {
  window.addEventListener(REFUSED, (event) => hear(event.detail), { signal });
}
