// @ts-check
/** What part of the map is seen: moves, zooms about a point, fits a box. Screen units are CSS pixels. Pure. */

export const ZOOM_LEAST = 0.01;
export const ZOOM_MOST = 6;
/** Fitting a small realm does not blow it up further than this. */
const FIT_MOST = 1.5;

const EDGE = { left: 20, top: 20, right: 20, bottom: 20 };

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  /** @param {number} x of the map */
  left(x) {
    return (x - this.x) * this.zoom + this.width / 2;
  }

  /** @param {number} y of the map */
  top(y) {
    return (y - this.y) * this.zoom + this.height / 2;
  }

  /** @param {number} left of the screen */
  mapX(left) {
    return (left - this.width / 2) / this.zoom + this.x;
  }

  /** @param {number} top of the screen */
  mapY(top) {
    return (top - this.height / 2) / this.zoom + this.y;
  }

  /** @param {number} dx @param {number} dy in pixels */
  pan(dx, dy) {
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
  }

  /**
   * What lies at a point of the screen stays there.
   * @param {number} by factor
   * @param {number} left
   * @param {number} top
   */
  zoomAt(by, left = this.width / 2, top = this.height / 2) {
    const [x, y] = [this.mapX(left), this.mapY(top)];
    this.zoom = Math.min(ZOOM_MOST, Math.max(ZOOM_LEAST, this.zoom * by));
    this.x = x - (left - this.width / 2) / this.zoom;
    this.y = y - (top - this.height / 2) / this.zoom;
  }

  /**
   * Shows all of a box, in what is free of the screen.
   * @param {Box} box
   * @param {Box} [edge] pixels that stay free on each side
   */
  fit(box, edge = EDGE) {
    const wide = Math.max(1, box.right - box.left);
    const high = Math.max(1, box.bottom - box.top);
    const [width, height] = [this.width - edge.left - edge.right, this.height - edge.top - edge.bottom];
    const zoom = Math.min(width / wide, height / high, FIT_MOST);
    this.zoom = Math.min(ZOOM_MOST, Math.max(ZOOM_LEAST, zoom));
    this.x = (box.left + box.right) / 2 + (edge.right - edge.left) / 2 / this.zoom;
    this.y = (box.top + box.bottom) / 2 + (edge.bottom - edge.top) / 2 / this.zoom;
  }

  /** Moves as little as needed for a point of the map to be seen. @param {number} x @param {number} y @param {number} edge */
  show(x, y, edge = 60) {
    const [left, top] = [this.left(x), this.top(y)];
    const dx = Math.min(0, left - edge) + Math.max(0, left - this.width + edge);
    const dy = Math.min(0, top - edge) + Math.max(0, top - this.height + edge);
    this.pan(-dx, -dy);
  }
}
