// What a classic script of the page leaves in the window.
import type uPlotType from "uplot";

declare global {
  interface Window {
    uPlot: typeof uPlotType;
  }
}
