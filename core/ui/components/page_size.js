const SHRUNK_PX = 160;
/** Below this the page counts as large again; between the two nothing changes. */
const LARGE_AGAIN_PX = 80;
const HELD_MS = 1000;
/** Zoom shrinks width and height alike; what docks beside the page takes from one of them. */
const ZOOM_TOLERANCE = 0.05;

function measure() {
  return {
    across: outerWidth - innerWidth,
    down: outerHeight - innerHeight,
    width: innerWidth / outerWidth,
    height: innerHeight / outerHeight,
    ratio: devicePixelRatio,
  };
}

/** Sizes mean what they say: no virtual keyboard, no pinch, no minimised window. */
function judgeable() {
  const pinched = Math.abs((window.visualViewport?.scale ?? 1) - 1) > 0.01;
  return !document.hidden && !pinched && outerWidth > 0 && outerHeight > 0 && !matchMedia("(pointer: coarse)").matches;
}

/**
 * Whether the page is much smaller beside its window than at the start, as when developer tools dock there.
 *
 * The browser's own bars are gone in full screen, so that has a start of its own.
 */
export class PageSize {
  constructor() {
    /** @type {Map<boolean, object>} By whether the page was in full screen. */
    this.starts = new Map();
    this.shrunk = false;
    /** Pixels the page had lost when last looked at. */
    this.lost = { across: 0, down: 0 };
    this.differsSince = 0;
    this.look();
  }

  /** @returns {boolean} The state that has held for a second. */
  look() {
    const most = judgeable() ? this.#most() : null;
    const now = performance.now();
    const differs = most !== null && (this.shrunk ? most < LARGE_AGAIN_PX : most > SHRUNK_PX);
    if (!differs) this.differsSince = now;
    else if (now - this.differsSince >= HELD_MS) {
      this.shrunk = !this.shrunk;
      this.differsSince = now;
    }
    return this.shrunk;
  }

  /** Pixels lost in the direction that lost more. */
  #most() {
    const [here, mode] = [measure(), Boolean(document.fullscreenElement)];
    let start = this.starts.get(mode);
    if (!start || start.ratio !== here.ratio) {
      // Zoom or another screen: measured anew from here, and what was lost before stays lost.
      const kept = this.shrunk && start ? this.lost : { across: 0, down: 0 };
      start = { ...here, across: here.across - kept.across, down: here.down - kept.down };
      this.starts.set(mode, start);
    }
    const zoom = Math.abs(here.width / start.width - here.height / start.height) < ZOOM_TOLERANCE;
    this.lost = { across: here.across - start.across, down: here.down - start.down };
    // Safari zooms without telling.
    return zoom && !this.shrunk ? 0 : Math.max(this.lost.across, this.lost.down);
  }
}
